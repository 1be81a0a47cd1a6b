-- A row a day as the sheet has it, from the first attempt's day to the last one's, zeros included.
SELECT calendar.day::date                                                      AS day,
       coalesce(attempts, 0)                                                   AS attempts,
       coalesce(users, 0)                                                      AS users,
       coalesce(correct, 0)                                                    AS correct,
       coalesce(runs, 0)                                                       AS runs,
       coalesce(submits, 0)                                                    AS submits,
       -- In float8, which rounds halves to even as the sheet's figures are; numeric does not.
       coalesce(round(1e4::float8 * correct / nullif(submits, 0)) / 100, 0)    AS success_percent
FROM (
    SELECT generate_series(min(day), max(day), interval '1 day') AS day FROM task_attempts
) AS calendar
LEFT JOIN (
    -- Students are counted in two steps: count(DISTINCT) would sort the whole history.
    SELECT day, sum(attempts)::bigint AS attempts, count(*) AS users, sum(correct)::bigint AS correct,
           sum(runs)::bigint AS runs, sum(submits)::bigint AS submits
    FROM (
        SELECT day, user_id,
               count(*)                                        AS attempts,
               count(*) FILTER (WHERE is_success)              AS correct,
               count(*) FILTER (WHERE attempt_type = 'run')    AS runs,
               count(*) FILTER (WHERE attempt_type = 'submit') AS submits
        FROM task_attempts
        GROUP BY day, user_id
    ) AS students
    GROUP BY day
) AS active ON active.day = calendar.day
ORDER BY day;
