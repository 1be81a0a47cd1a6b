-- task_difficulty of one period: the views' own SQL stands in the braces, the first of them cut to
-- the period. So the figures cost what the period holds, and need no view.
-- Hardest first; tasks that nobody submitted come last.
WITH task_attempts AS (
    SELECT * FROM ({task_attempts}) AS ever
    WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
), student_tasks AS (
{student_tasks}
), task_difficulty AS (
{task_difficulty}
)
SELECT course, task, attempts, students, first_try_percent, success_percent, median_attempts
FROM task_difficulty
ORDER BY success_percent NULLS LAST, students DESC, course, task;
