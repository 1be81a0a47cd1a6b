-- Hours of the day by days of the week, over the whole history: always 168 rows in order, zeros included.
--
-- weekday: 1 Monday to 7 Sunday (ISO 8601)
-- hour: 0 to 23, in TIME_ZONE
-- users: unique students over all such hours
SELECT weekday, hour,
       coalesce(attempts, 0)  AS attempts,
       coalesce(users, 0)     AS users,
       coalesce(runs, 0)      AS runs,
       coalesce(submits, 0)   AS submits
FROM generate_series(1, 7) AS weekday
CROSS JOIN generate_series(0, 23) AS hour
LEFT JOIN (
    SELECT extract(isodow FROM day)::int AS weekday, hour, sum(runs + submits) AS attempts,
           sum(runs) AS runs, sum(submits) AS submits
    FROM etl_hours
    GROUP BY 1, 2
) AS active USING (weekday, hour)
LEFT JOIN (
    SELECT weekday, hour, count(*) AS users
    FROM (
        SELECT user_id, extract(isodow FROM day)::int AS weekday, bit_or(hours) AS hours
        FROM etl_student_task_days
        GROUP BY 1, 2
    ) AS students
    JOIN generate_series(0, 23) AS hour ON hours & (1 << hour) <> 0
    GROUP BY weekday, hour
) AS students USING (weekday, hour)
ORDER BY weekday, hour;
