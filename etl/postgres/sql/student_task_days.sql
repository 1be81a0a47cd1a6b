-- The rows of etl_student_task_days for a span. Days and hours come as the moments at which they begin,
-- so that one time zone database decides what a day is. Students are put in order by a number first:
-- a server's collation may take ten times as long to compare texts.
SELECT day, user_id, task_id,
       count(*) FILTER (WHERE is_run)::int                                      AS runs,
       count(*) FILTER (WHERE NOT is_run)::int                                  AS submits,
       count(*) FILTER (WHERE is_success)::int                                  AS correct,
       nullif(count(*) FILTER (WHERE created_at <= first_success_at), 0)::int   AS attempts_to_success,
       nullif(count(*) FILTER (WHERE created_at <= first_success_at AND NOT is_run), 0)::int
                                                                                AS submits_to_success,
       count(*) FILTER (WHERE NOT is_run AND (first_run_at < created_at) IS NOT TRUE)::int
                                                                                AS submits_without_run,
       bit_or(1 << hour)                                                        AS hours,
       min(created_at)                                                          AS first_attempt_at,
       max(created_at)                                                          AS last_attempt_at,
       min(created_at) FILTER (WHERE NOT is_run)                                AS first_submit_at,
       min(first_success_at)                                                    AS solved_at
FROM (
    SELECT *,
           min(created_at) FILTER (WHERE is_success) OVER tries AS first_success_at,
           min(created_at) FILTER (WHERE is_run) OVER tries     AS first_run_at
    FROM (
        SELECT user_id, hashtext(user_id) AS student,
               CASE WHEN {names_no_student} THEN task_id ELSE 0 END AS task_id,
               (%(days)s::date[])[part] AS day,
               (%(hours)s::int[])[part] AS hour,
               attempt_type = 'run'     AS is_run,
               attempt_type = 'submit' AND is_correct IS TRUE AS is_success,
               created_at
        FROM (
            SELECT user_id, attempt_type, is_correct, created_at::timestamp AS created_at,
                   {task_text} AS text,
                   width_bucket(created_at::timestamp, %(starts)s::timestamp[]) AS part
            FROM attempts
            WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
              -- A table that was there before us may allow others.
              AND user_id IS NOT NULL AND attempt_type IN ('run', 'submit')
        ) AS attempts
        LEFT JOIN etl_task_texts USING (text)
        LEFT JOIN etl_tasks ON etl_tasks.id = task_id
    ) AS placed
    WINDOW tries AS (PARTITION BY day, student, user_id, task_id)
) AS tried
GROUP BY day, student, user_id, task_id
