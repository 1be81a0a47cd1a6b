-- task_difficulty of some days alone: what a student did before is not looked at.
WITH student_tasks AS (
{student_tasks}
), task_difficulty AS (
{task_difficulty}
)
SELECT {columns}
FROM task_difficulty
ORDER BY difficulty_rank;
