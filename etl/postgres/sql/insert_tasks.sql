-- Numbered on from the last one: a sequence would be one more right to grant.
INSERT INTO etl_tasks (id, course, task)
SELECT (SELECT max(id) FROM etl_tasks) + row_number() OVER (ORDER BY course, task), course, task
FROM (
    SELECT DISTINCT course, task
    FROM unnest(%(courses)s::text[], %(tasks)s::text[]) AS given (course, task)
    WHERE NOT EXISTS (
        SELECT FROM etl_tasks AS known WHERE known.course = given.course AND known.task = given.task
    )
) AS new;
