-- How many different attempts are staged, by day.
SELECT day, count(user_id)
FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     AS days (day, day_start, day_end)
LEFT JOIN (SELECT DISTINCT user_id, attempt_type, created_at FROM pg_temp.incoming) AS attempt
       ON created_at >= day_start AND created_at < day_end
GROUP BY day;
