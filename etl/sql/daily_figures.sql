-- One row a day, zeros for a day without attempts. The days' bounds come from outside, so that one
-- time zone database decides what a day is; each day is one range of attempts_created_at.
SELECT day,
       count(attempts.user_id)                                                  AS attempts,
       count(DISTINCT attempts.user_id)                                         AS users,
       count(*) FILTER (WHERE attempt_type = 'submit' AND attempts.is_correct)  AS correct,
       count(*) FILTER (WHERE attempt_type = 'run')                             AS runs,
       count(*) FILTER (WHERE attempt_type = 'submit')                          AS submits
FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     AS days (day, day_start, day_end)
LEFT JOIN attempts ON attempts.created_at >= day_start AND attempts.created_at < day_end
GROUP BY day
ORDER BY day;
