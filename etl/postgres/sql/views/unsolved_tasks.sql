-- One row for each student and each task that they tried and never solved. Runs alone are a try too.
--
-- solvers: students who solved the task; 0: nobody has yet
SELECT user_id, course, task, attempts, runs, submits, first_attempt_at, last_attempt_at, solvers,
       course_name, task_name
FROM (
    SELECT *, count(solved_at) OVER (PARTITION BY task_id) AS solvers FROM student_tasks
) AS tried
WHERE solved_at IS NULL;
