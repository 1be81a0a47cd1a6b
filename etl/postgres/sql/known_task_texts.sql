SELECT text, task_id, course, task
FROM etl_task_texts JOIN etl_tasks ON id = task_id
WHERE text = ANY(%(texts)s);
