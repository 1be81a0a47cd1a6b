-- Each task over one span of time. The first try is the first submit within it; attempts to success
-- are runs and submits up to and with the first correct submit.
WITH task_attempts AS (
    SELECT user_id, attempt_type, is_correct, created_at, id, found[1] AS course, found[2] AS task
    FROM attempts, regexp_match(lis_result_sourcedid, '^(.+):[^:]*-([^:-]+):[^:]*$') AS found
), steps AS (
    SELECT course, task, user_id, attempt_type, is_correct,
           row_number() OVER attempt                                AS step,
           row_number() OVER (attempt_of_type)                      AS step_of_type
    FROM task_attempts
    WHERE created_at >= %(start)s AND created_at < %(end)s AND task IS NOT NULL
    WINDOW attempt AS (PARTITION BY course, task, user_id ORDER BY created_at, id),
           attempt_of_type AS (PARTITION BY course, task, user_id, attempt_type ORDER BY created_at, id)
), students AS (
    SELECT course, task, user_id, count(*) AS attempts,
           count(*) FILTER (WHERE attempt_type = 'submit')                AS submits,
           count(*) FILTER (WHERE attempt_type = 'submit' AND is_correct) AS correct,
           bool_or(is_correct) FILTER (WHERE attempt_type = 'submit' AND step_of_type = 1) AS first_try,
           min(step) FILTER (WHERE attempt_type = 'submit' AND is_correct) AS steps
    FROM steps
    GROUP BY course, task, user_id
)
SELECT course, task, sum(attempts)::bigint, count(*),
       round(100.0 * count(*) FILTER (WHERE first_try) / nullif(count(first_try), 0), 2)::float8,
       round(100.0 * sum(correct) / nullif(sum(submits), 0), 2)::float8,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY steps)
FROM students
GROUP BY course, task
ORDER BY course, task;
