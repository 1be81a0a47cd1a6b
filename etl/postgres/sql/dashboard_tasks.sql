-- As task_figures.sql, with what the page alone shows.
WITH student_tasks AS (
{student_tasks}
), task_difficulty AS (
{task_difficulty}
)
SELECT course, task, attempts, students, first_try_percent, success_percent, median_attempts, submits
FROM task_difficulty
ORDER BY difficulty_rank;
