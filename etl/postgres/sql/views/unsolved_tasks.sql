-- A row for each student and task that they tried and never solved; runs alone are a try too. A task
-- without any solver has 0 solvers.
SELECT user_id, course, task, attempts, runs, submits, first_attempt_at, last_attempt_at, solvers
FROM (
    SELECT *, count(solved_at) OVER (PARTITION BY task_id) AS solvers FROM student_tasks
) AS tried
WHERE solved_at IS NULL;
