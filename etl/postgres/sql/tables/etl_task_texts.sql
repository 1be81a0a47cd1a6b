-- Which task a lis_result_sourcedid means, without the student's id at its end: one text for all
-- students of a task, read once.
CREATE TABLE etl_task_texts (
    text    TEXT PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES etl_tasks (id)
);
