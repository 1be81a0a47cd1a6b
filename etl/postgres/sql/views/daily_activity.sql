-- One row for each day, ascending, from the first attempt's day to the last one's. Days without attempts
-- have zeros.
--
-- users: unique students
-- success_percent: correct as a percentage of submits; 0 without submits
SELECT calendar.day,
       coalesce(attempts, 0)                                                   AS attempts,
       coalesce(users, 0)                                                      AS users,
       coalesce(correct, 0)                                                    AS correct,
       coalesce(runs, 0)                                                       AS runs,
       coalesce(submits, 0)                                                    AS submits,
       -- In float8, which rounds halves to even as the sheet's figures are; numeric does not.
       coalesce(round(1e4::float8 * correct / nullif(submits, 0)) / 100, 0)    AS success_percent
FROM (
    -- Of dates it would make moments of the reader's time zone, where a midnight may be missing.
    SELECT generate_series(min(day)::timestamp, max(day), interval '1 day')::date AS day FROM etl_hours
) AS calendar
LEFT JOIN (
    SELECT day, {figures.figures}
    FROM (
        SELECT day, {figures.of_a_student}
        FROM etl_student_task_days
        GROUP BY day, user_id
    ) AS students
    GROUP BY day
) AS active ON active.day = calendar.day
ORDER BY day;
