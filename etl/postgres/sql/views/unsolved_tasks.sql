-- One row for each student and each task that they tried and never solved. Runs alone are a try too.
--
-- solvers: students who solved the task; 0: nobody has yet
WITH solvers AS (
    -- By the task's number, which is quicker than a join.
    SELECT array_agg(solvers ORDER BY number) AS of_task
    FROM generate_series(1, (SELECT max(id) FROM etl_tasks)) AS number
    LEFT JOIN (
        SELECT task_id, count(solved_at) AS solvers FROM student_tasks GROUP BY task_id
    ) AS tasks ON task_id = number
)
SELECT user_id, course, task, attempts, runs, submits, first_attempt_at, last_attempt_at,
       (SELECT of_task FROM solvers)[task_id] AS solvers, course_name, task_name
FROM student_tasks
WHERE solved_at IS NULL;
