-- What was done on each task on each day. Counts of days add up to those of any span.
WITH task_attempts AS (
    SELECT user_id, attempt_type, is_correct, created_at, id, found[1] AS course, found[2] AS task
    FROM attempts, regexp_match(lis_result_sourcedid, '^(.+):[^:]*-([^:-]+):[^:]*$') AS found
)
SELECT day, course, task,
       count(*)                                                       AS attempts,
       count(*) FILTER (WHERE attempt_type = 'submit')                AS submits,
       count(*) FILTER (WHERE attempt_type = 'submit' AND is_correct) AS correct
FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     AS days (day, day_start, day_end)
JOIN task_attempts ON created_at >= day_start AND created_at < day_end
WHERE task IS NOT NULL
GROUP BY day, course, task
ORDER BY day, course, task;
