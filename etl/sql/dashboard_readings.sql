-- Course and task of each text that attempts have, for other statements to begin with. Reading takes
-- long and a student's attempts on a task share one text, so one run and one submit with each go
-- through the view task_attempts, as the table that it reads.
WITH texts AS MATERIALIZED (
    SELECT user_id, lis_result_sourcedid, attempt_type, min(created_at) AS created_at,
           NULL::boolean AS is_correct
    FROM attempts
    GROUP BY user_id, lis_result_sourcedid, attempt_type
), read AS MATERIALIZED (
    WITH attempts AS (SELECT * FROM texts)
    -- task_attempts
), readings AS MATERIALIZED (
    SELECT DISTINCT user_id, lis_result_sourcedid, course, task
    FROM texts
    JOIN read USING (user_id, attempt_type, created_at)
    WHERE task IS NOT NULL
)
