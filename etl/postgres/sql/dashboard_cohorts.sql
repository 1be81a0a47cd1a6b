-- Students by the week of their first attempt, and how many of them were active in each week since.
-- A week is named by its Monday.
WITH active AS (
    SELECT DISTINCT user_id,
           (%(days)s::date[])[width_bucket(created_at, %(starts)s::timestamp[])] AS week
    FROM attempts
), since AS (
    SELECT min(week) OVER (PARTITION BY user_id) AS cohort, week FROM active
)
SELECT cohort, week, count(*)
FROM since
GROUP BY cohort, week
ORDER BY cohort, week;
