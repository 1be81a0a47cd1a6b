-- Each programming task once; figures name it by its number.
CREATE TABLE etl_tasks (
    id     INTEGER PRIMARY KEY,
    course TEXT,
    task   TEXT,
    UNIQUE (course, task)
);

-- Attempts whose task cannot be read.
INSERT INTO etl_tasks (id) VALUES (0);
