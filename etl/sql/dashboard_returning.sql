-- How many of a day's students were active before, last on which day (NULL: never). Different
-- students of any span of days are those of its days whose previous day lies before the span: so
-- these counts answer for every span without naming anybody.
WITH active AS (
    SELECT DISTINCT user_id, day
    FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
         AS days (day, day_start, day_end)
    JOIN attempts ON attempts.created_at >= day_start AND attempts.created_at < day_end
), again AS (
    SELECT day, lag(day) OVER (PARTITION BY user_id ORDER BY day) AS previous FROM active
)
SELECT day, previous, count(*)
FROM again
GROUP BY day, previous
ORDER BY day, previous;
