-- All attempts of one period; one range of attempts_created_at. Counted by student first:
-- count(DISTINCT) would sort every attempt.
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
    WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
    GROUP BY user_id
) AS by_student;
