-- What was done on each task on each day; counts of days add up to those of any span. The view's own
-- SQL stands in the braces.
SELECT (%(days)s::date[])[width_bucket(created_at, %(starts)s::timestamp[])] AS on_day,
       course, task,
       count(*)                                        AS attempts,
       count(*) FILTER (WHERE attempt_type = 'submit') AS submits,
       count(*) FILTER (WHERE is_success)              AS correct
FROM ({task_attempts}) AS task_attempts
WHERE task IS NOT NULL
GROUP BY on_day, course, task
ORDER BY on_day, course, task;
