-- Which task a lis_result_sourcedid names: one text for all students, read once.
--
-- text: lis_result_sourcedid without the student's id at its end
CREATE TABLE etl_task_texts (
    text    TEXT PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES etl_tasks (id)
);
