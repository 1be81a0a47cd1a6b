INSERT INTO etl_task_texts (text, task_id)
SELECT given.text, etl_tasks.id
FROM unnest(%(texts)s::text[], %(courses)s::text[], %(tasks)s::text[]) AS given (text, course, task)
JOIN etl_tasks USING (course, task);
