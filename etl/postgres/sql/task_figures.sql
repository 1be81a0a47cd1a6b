-- task_difficulty of one period. The views' own SQL stands in the braces; it is given numbers for
-- students and tasks, which sort many times faster than texts, and the names come back at the end.
--
-- Without the student's id at its end a text is that of all the task's students, so it is read once
-- for them all. An id that the reading would not take for a last part stays on.
WITH period AS MATERIALIZED (
    SELECT user_id, attempt_type, is_correct, created_at,
           CASE WHEN right(lis_result_sourcedid, length(user_id) + 1) = ':' || user_id
                 AND user_id !~ '[:[:space:]"{{}},]'
                THEN left(lis_result_sourcedid, length(lis_result_sourcedid) - length(user_id))
                ELSE lis_result_sourcedid END AS lis_result_sourcedid
    FROM attempts
    WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
), students AS MATERIALIZED (
    SELECT user_id, row_number() OVER () AS number FROM period GROUP BY user_id
), texts AS MATERIALIZED (
    SELECT lis_result_sourcedid, course, task, dense_rank() OVER (ORDER BY course, task) AS number
    FROM (SELECT DISTINCT lis_result_sourcedid FROM period) AS period
    {course_and_task}
        ON TRUE
    WHERE task IS NOT NULL
), task_attempts AS (
    SELECT students.number AS user_id, 0 AS course, texts.number AS task, attempt_type,
           attempt_type = 'submit' AND is_correct IS TRUE AS is_success, created_at
    FROM period JOIN students USING (user_id) JOIN texts USING (lis_result_sourcedid)
    WHERE {names_no_student}
), student_tasks AS (
{student_tasks}
), task_difficulty AS (
{task_difficulty}
), names AS (
    SELECT DISTINCT number, course, task FROM texts
)
SELECT names.course, names.task, attempts, students, first_try_percent, success_percent,
       median_attempts
FROM task_difficulty JOIN names ON names.number = task_difficulty.task
ORDER BY difficulty_rank;
