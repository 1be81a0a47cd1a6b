-- How many of a day's students were active before, last on which day (NULL: never). Different
-- students of any span of days are those of its days whose previous day lies before the span: so
-- these counts answer for every span without naming anybody.
WITH active AS (
    SELECT DISTINCT user_id,
           (%(days)s::date[])[width_bucket(created_at, %(starts)s::timestamp[])] AS day
    FROM attempts
), again AS (
    SELECT day, lag(day) OVER (PARTITION BY user_id ORDER BY day) AS previous FROM active
)
SELECT day, previous, count(*)
FROM again
GROUP BY day, previous
ORDER BY day, previous;
