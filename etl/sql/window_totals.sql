-- All attempts of one period; one range of attempts_created_at.
SELECT count(*)                                                      AS attempts,
       count(DISTINCT user_id)                                       AS users,
       count(*) FILTER (WHERE attempt_type = 'submit' AND is_correct) AS correct,
       count(*) FILTER (WHERE attempt_type = 'run')                  AS runs,
       count(*) FILTER (WHERE attempt_type = 'submit')               AS submits
FROM attempts
WHERE created_at >= %(window_start)s AND created_at < %(window_end)s;
