-- Hour of the day by day of the week, over the whole history: 168 rows, zeros included.
SELECT weekday, hour,
       coalesce(attempts, 0)  AS attempts,
       coalesce(users, 0)     AS users,
       coalesce(runs, 0)      AS runs,
       coalesce(submits, 0)   AS submits
FROM generate_series(1, 7) AS weekday
CROSS JOIN generate_series(0, 23) AS hour
LEFT JOIN (
    SELECT weekday, hour, sum(attempts)::bigint AS attempts, count(*) AS users,
           sum(runs)::bigint AS runs, sum(submits)::bigint AS submits
    FROM (
        SELECT extract(isodow FROM local_at)::int AS weekday, extract(hour FROM local_at)::int AS hour,
               user_id,
               count(*)                                        AS attempts,
               count(*) FILTER (WHERE attempt_type = 'run')    AS runs,
               count(*) FILTER (WHERE attempt_type = 'submit') AS submits
        FROM task_attempts
        GROUP BY 1, 2, 3
    ) AS students
    GROUP BY weekday, hour
) AS active USING (weekday, hour)
ORDER BY weekday, hour;
