-- One row for each student and each task that they tried.
--
-- The views about tasks are counted from here. Attempts whose task cannot be read are left out.
--
-- first_submit_at: the first submit, UTC; NULL: never submitted
-- solved_at: the first correct submit, UTC; NULL: not solved. Equal to first_submit_at: solved at the
--     first try
-- attempts_to_success: runs and submits up to the first correct submit, included; NULL: not solved
-- submits_to_success: submits up to the first correct one, included; NULL: not solved
-- submits_without_run: submits before the student's first run of the task, or all if they never ran it
SELECT user_id, course, task, (runs + submits)::bigint AS attempts, runs::bigint, submits::bigint,
       correct::bigint, first_attempt_at, last_attempt_at, first_submit_at, solved_at,
       attempts_to_success::bigint, submits_to_success::bigint, submits_without_run::bigint, task_id,
       {schema.names_of_task}
FROM etl_student_task_days
LEFT JOIN etl_tasks ON id = task_id
WHERE is_only_day AND task_id <> 0 {period}
UNION ALL
SELECT user_id, course, task, attempts, runs, submits, correct, first_attempt_at, last_attempt_at,
       first_submit_at, solved_at, attempts_to_success, submits_to_success, submits_without_run, task_id,
       {schema.names_of_task}
FROM (
    SELECT user_id, task_id, sum(runs + submits) AS attempts, sum(runs) AS runs, sum(submits) AS submits,
           sum(correct) AS correct, min(first_attempt_at) AS first_attempt_at,
           max(last_attempt_at) AS last_attempt_at, min(first_submit_at) AS first_submit_at,
           min(solved_at) AS solved_at,
           sum(CASE WHEN day < day_solved THEN runs + submits
                    WHEN day = day_solved THEN attempts_to_success END) AS attempts_to_success,
           sum(CASE WHEN day < day_solved THEN submits
                    WHEN day = day_solved THEN submits_to_success END)  AS submits_to_success,
           sum(CASE WHEN day > day_run THEN 0
                    WHEN day = day_run THEN submits_without_run ELSE submits END) AS submits_without_run
    FROM (
        SELECT *, hashtext(user_id) AS student,
               min(day) FILTER (WHERE correct > 0) OVER pair AS day_solved,
               min(day) FILTER (WHERE runs > 0) OVER pair    AS day_run
        FROM etl_student_task_days
        WHERE NOT is_only_day AND task_id <> 0 {period}
        WINDOW pair AS (PARTITION BY task_id, hashtext(user_id), user_id)
    ) AS days
    GROUP BY task_id, student, user_id
) AS pairs
LEFT JOIN etl_tasks ON id = task_id;
