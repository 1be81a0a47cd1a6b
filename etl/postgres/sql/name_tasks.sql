-- Only what differs is written: the table is read by every view.
UPDATE etl_tasks
SET course_name = given.course_name, task_name = given.task_name
FROM unnest(%(ids)s::int[], %(course_names)s::text[], %(task_names)s::text[])
     AS given (id, course_name, task_name)
WHERE etl_tasks.id = given.id
  AND (etl_tasks.course_name, etl_tasks.task_name) IS DISTINCT FROM (given.course_name, given.task_name);
