-- The rows of etl_hours for a span.
SELECT (%(days)s::date[])[part]  AS day,
       (%(hours)s::int[])[part]  AS hour,
       sum(runs)::int            AS runs,
       sum(submits)::int         AS submits,
       sum(correct)::int         AS correct
FROM (
    SELECT width_bucket(created_at::timestamp, %(starts)s::timestamp[])   AS part,
           count(*) FILTER (WHERE attempt_type = 'run')                   AS runs,
           count(*) FILTER (WHERE attempt_type = 'submit')                AS submits,
           count(*) FILTER (WHERE attempt_type = 'submit' AND is_correct) AS correct
    FROM attempts
    WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
      AND user_id IS NOT NULL AND attempt_type IN ('run', 'submit')
    GROUP BY part
) AS parts
GROUP BY day, hour
