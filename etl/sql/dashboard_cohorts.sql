-- Students by the week of their first attempt, and how many of them were active in each week since.
-- A week is named by its Monday.
WITH active AS (
    SELECT DISTINCT user_id, week
    FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
         AS weeks (week, week_start, week_end)
    JOIN attempts ON attempts.created_at >= week_start AND attempts.created_at < week_end
), since AS (
    SELECT min(week) OVER (PARTITION BY user_id) AS cohort, week FROM active
)
SELECT cohort, week, count(*)
FROM since
GROUP BY cohort, week
ORDER BY cohort, week;
