-- Figures and their day, zeros for a day without attempts. The days' bounds come from outside, so that one
-- time zone database decides what a day is; each day is one range of attempts_created_at. Counted
-- by student first: count(DISTINCT) would sort every attempt.
SELECT attempts, users, correct, runs, submits, day
FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     AS days (day, day_start, day_end)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(attempts), 0)::bigint AS attempts,
           count(*)                           AS users,
           coalesce(sum(correct), 0)::bigint  AS correct,
           coalesce(sum(runs), 0)::bigint     AS runs,
           coalesce(sum(submits), 0)::bigint  AS submits
    FROM (
        SELECT count(*)                                                        AS attempts,
               count(*) FILTER (WHERE attempt_type = 'submit' AND is_correct)  AS correct,
               count(*) FILTER (WHERE attempt_type = 'run')                    AS runs,
               count(*) FILTER (WHERE attempt_type = 'submit')                 AS submits
        FROM attempts
        WHERE created_at >= day_start AND created_at < day_end
        GROUP BY user_id
    ) AS by_student
) AS figures
ORDER BY day;
