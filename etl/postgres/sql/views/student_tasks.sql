-- A row for each student and task that they tried; the views about tasks are counted from here.
-- Attempts whose task cannot be read are left out.
SELECT user_id, course, task,
       count(*)                                                         AS attempts,
       count(*) FILTER (WHERE attempt_type = 'run')                     AS runs,
       count(*) FILTER (WHERE attempt_type = 'submit')                  AS submits,
       count(*) FILTER (WHERE is_success)                               AS correct,
       min(created_at)                                                  AS first_attempt_at,
       max(created_at)                                                  AS last_attempt_at,
       min(created_at) FILTER (WHERE attempt_type = 'submit')           AS first_submit_at,
       min(solved_at)                                                   AS solved_at,
       CASE WHEN min(solved_at) IS NOT NULL
            THEN count(*) FILTER (WHERE created_at <= solved_at) END    AS attempts_to_success,
       CASE WHEN min(solved_at) IS NOT NULL
            THEN count(*) FILTER (WHERE created_at <= solved_at AND attempt_type = 'submit')
       END                                                              AS submits_to_success,
       count(*) FILTER (WHERE attempt_type = 'submit'
                          AND (first_run_at < created_at) IS NOT TRUE)  AS submits_without_run
FROM (
    SELECT user_id, course, task, attempt_type, is_success, created_at,
           min(created_at) FILTER (WHERE is_success) OVER pair            AS solved_at,
           min(created_at) FILTER (WHERE attempt_type = 'run') OVER pair  AS first_run_at
    FROM task_attempts
    WHERE task IS NOT NULL
    WINDOW pair AS (PARTITION BY user_id, course, task)
) AS tried
GROUP BY user_id, course, task;
