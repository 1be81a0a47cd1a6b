-- One row for each day, ascending, days without attempts included.
--
-- Four weeks, since a window of 30 days holds five of some weekdays and the figure would swing with
-- them.
--
-- dau: the day's students (daily active users)
-- mau: students of the 28 days that end with the day (monthly active users)
-- dau_mau_percent: dau as a percentage of mau; NULL: no students in 28 days
WITH spans AS (
    -- A student counts for 28 days from each of their days on, or until the next one: that keeps
    -- their spans apart, and a running sum of arrivals and departures is the month's students.
    SELECT day, until, count(*) AS students
    FROM (
        SELECT day, least(day + 28, lead(day) OVER (PARTITION BY user_id ORDER BY day)) AS until
        FROM etl_student_task_days
    ) AS of_students
    WHERE until > day -- of a day's several tasks the last one
    GROUP BY day, until
), calendar AS (
    -- Of dates it would make moments of the reader's time zone, where a midnight may be missing.
    SELECT generate_series(min(day)::timestamp, max(day), interval '1 day')::date AS day FROM spans
), daily AS (
    SELECT day, sum(students)::bigint AS dau FROM spans GROUP BY day
), changes AS (
    SELECT day, 0 AS change FROM calendar
    UNION ALL
    SELECT day, students FROM spans
    UNION ALL
    SELECT until, -students FROM spans
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
