-- One row for each day, ascending, days without attempts included.
--
-- Four weeks, since a window of 30 days holds five of some weekdays and the figure would swing with
-- them.
--
-- dau: the day's students (daily active users)
-- mau: students of the 28 days that end with the day (monthly active users)
-- dau_mau_percent: dau as a percentage of mau; NULL: no students in 28 days
WITH active AS (
    SELECT DISTINCT day, user_id FROM etl_student_task_days
), calendar AS (
    SELECT generate_series(min(day), max(day), interval '1 day')::date AS day FROM active
), daily AS (
    SELECT day, count(*) AS dau FROM active GROUP BY day
), changes AS (
    -- A student counts for 28 days from each of their days on, or until the next one: that keeps
    -- their spans apart, and a running sum of arrivals and departures is the month's students.
    SELECT day, 0 AS change FROM calendar
    UNION ALL
    SELECT day, 1 FROM active
    UNION ALL
    SELECT least(day + 28, lead(day) OVER (PARTITION BY user_id ORDER BY day)), -1 FROM active
), monthly AS (
    SELECT day, sum(sum(change)) OVER (ORDER BY day)::bigint AS mau FROM changes GROUP BY day
)
SELECT day,
       coalesce(dau, 0)                                                  AS dau,
       mau,
       round(1e4::float8 * coalesce(dau, 0) / nullif(mau, 0)) / 100      AS dau_mau_percent
FROM calendar
LEFT JOIN daily USING (day)
LEFT JOIN monthly USING (day)
ORDER BY day;
