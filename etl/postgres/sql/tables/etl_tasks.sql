-- Each programming task once.
--
-- id: what other tables have as task_id; 0 stands for attempts whose task cannot be read
-- course: the course; NULL for 0
-- task: the task, unique within its course; NULL for 0
-- course_name: the course's name in TASK_NAMES_FILE; NULL: it has none
-- task_name: the task's name in TASK_NAMES_FILE; NULL: it has none
CREATE TABLE etl_tasks (
    id          INTEGER PRIMARY KEY,
    course      TEXT,
    task        TEXT,
    course_name TEXT,
    task_name   TEXT,
    UNIQUE (course, task)
);

-- Attempts whose task cannot be read.
INSERT INTO etl_tasks (id) VALUES (0);
