-- What was done on each task on each day. Counts of days add up to those of any span.
SELECT (%(days)s::date[])[width_bucket(created_at, %(starts)s::timestamp[])] AS day,
       course, task,
       count(*)                                                       AS attempts,
       count(*) FILTER (WHERE attempt_type = 'submit')                AS submits,
       count(*) FILTER (WHERE attempt_type = 'submit' AND is_correct) AS correct
FROM attempts
JOIN readings USING (user_id, lis_result_sourcedid)
GROUP BY day, course, task
ORDER BY day, course, task;
