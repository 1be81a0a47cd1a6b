-- name: figures
-- Figures of a period, from one row for each student in it: count(DISTINCT) would sort.
coalesce(sum(runs + submits), 0)::bigint AS attempts, count(user_id) AS users,
coalesce(sum(correct), 0)::bigint AS correct, coalesce(sum(runs), 0)::bigint AS runs,
coalesce(sum(submits), 0)::bigint AS submits

-- name: of_a_student
user_id, sum(runs)::int AS runs, sum(submits)::int AS submits, sum(correct)::int AS correct

-- name: daily_figures
-- A row for each day, with zeros for a day without attempts.
SELECT {figures}, day
FROM unnest(%(days)s::date[]) AS days (day)
LEFT JOIN (
    SELECT day, {of_a_student}
    FROM etl_student_task_days
    WHERE day = ANY(%(days)s::date[])
    GROUP BY day, user_id
) AS students USING (day)
GROUP BY day
ORDER BY day;

-- name: window_totals
SELECT {figures}
FROM (
    SELECT {of_a_student}
    FROM etl_student_task_days
    WHERE day BETWEEN %(first_day)s AND %(last_day)s
    GROUP BY user_id
) AS students;

-- name: same_weekdays
-- The attempts of earlier days that have any: other days may just not be loaded.
SELECT day, sum(runs + submits)
FROM etl_hours
WHERE day = ANY(%(days)s::date[])
GROUP BY day;

-- name: earlier_runs
-- The share of rejected records in the last ten runs that received any; NULL while these have fewer
-- than 500 records. Then the number of cron's runs that failed since the last one that loaded and
-- reported all, and when the first of them began; not counted are runs whose days were loaded and
-- reported since, perhaps by a person, or whose letter alone failed.
WITH due AS (
    SELECT * FROM etl_runs
    WHERE id < %(run_id)s AND coalesce(command, 'run') IN ('run', 'run --no-letter')
), failed AS (
    SELECT started_at FROM due
    WHERE id > coalesce((SELECT max(id) FROM due
                         WHERE status = 'succeeded' OR failed_stage = 'notify'), 0)
      -- A killed run has no window; it would have ended with the day before.
      AND (coalesce(coalesce(window_end, started_at AT TIME ZONE 'UTC' - interval '1 day')
                    > (SELECT max(watermark) FROM etl_slices WHERE run_id < %(run_id)s), true)
           OR EXISTS (SELECT FROM etl_slices WHERE run_id = due.id AND reported_at IS NULL))
), usual AS (
    SELECT received, rejected FROM etl_runs
    WHERE id < %(run_id)s AND received > 0 AND window_start IS NOT NULL  -- a replay has no window
    ORDER BY id DESC LIMIT 10
)
SELECT (SELECT CASE WHEN sum(received) >= 500 THEN sum(rejected)::float8 / sum(received)::float8 END
        FROM usual),
       count(*), min(started_at)
FROM failed;

-- name: task_figures
-- task_difficulty of some days alone: earlier attempts of a student are left out.
WITH student_tasks AS (
{views.student_tasks}
), task_difficulty AS (
{views.task_difficulty}
)
-- The view has the id in the place of a name that nobody has given.
SELECT course, task, attempts, students, first_try_percent, success_percent, median_attempts,
       coalesce(nullif(course_name, course), ''), coalesce(nullif(task_name, task), ''),
       '' AS address, submits
FROM task_difficulty
ORDER BY difficulty_rank;

-- name: name_tasks
-- Writes only names that differ: every view reads the table.
UPDATE etl_tasks
SET course_name = given.course_name, task_name = given.task_name
FROM unnest(%(ids)s::int[], %(course_names)s::text[], %(task_names)s::text[])
     AS given (id, course_name, task_name)
WHERE etl_tasks.id = given.id
  AND (etl_tasks.course_name, etl_tasks.task_name) IS DISTINCT FROM (given.course_name, given.task_name);

-- name: one_attempt_of_tasks
-- For each of these tasks, one attempt of these days with the address where the LMS takes grades.
SELECT seen.course, seen.task, attempts.lis_outcome_service_url
FROM (
    SELECT DISTINCT ON (course, task) course, task, user_id, first_attempt_at
    FROM etl_student_task_days
    JOIN etl_tasks ON id = task_id
    JOIN unnest(%(courses)s::text[], %(tasks)s::text[]) AS wanted (course, task) USING (course, task)
    WHERE day BETWEEN %(first_day)s AND %(last_day)s
) AS seen
JOIN attempts ON attempts.user_id = seen.user_id
             -- Both kinds are named for the index of unique_attempt.
             AND attempts.attempt_type IN ('run', 'submit')
             AND attempts.created_at = seen.first_attempt_at
WHERE strpos(attempts.lis_outcome_service_url, attempts.user_id) = 0;
