-- Each programming task once.
--
-- id: what other tables have as task_id; 0 stands for attempts whose task cannot be read
-- course: the course; NULL for 0
-- task: the task; its name is unique within its course; NULL for 0
CREATE TABLE etl_tasks (
    id     INTEGER PRIMARY KEY,
    course TEXT,
    task   TEXT,
    UNIQUE (course, task)
);

-- Attempts whose task cannot be read.
INSERT INTO etl_tasks (id) VALUES (0);
