-- How many different attempts are staged, by day.
SELECT (%(days)s::date[])[width_bucket(created_at, %(starts)s::timestamp[])] AS day, count(*)
FROM (SELECT DISTINCT user_id, attempt_type, created_at FROM pg_temp.incoming) AS attempts
GROUP BY day;
