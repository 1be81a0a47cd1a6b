-- One row for each attempt, with its course and task, and its moment in TIME_ZONE.
--
-- Both are NULL where the text names no task, and where the student's id stands in them; a short id,
-- where it is all of one.
--
-- course: the course; NULL where no task can be read
-- task: the task; NULL where none can be read
-- attempt_type: run or submit
-- is_success: a correct submit; never NULL
-- created_at: the moment, UTC; a filter on it uses the index of attempts
-- local_at: the moment in TIME_ZONE
-- day: the date of local_at; a filter on it reads all attempts
-- course_name: the course's name in TASK_NAMES_FILE, else course; NULL where that is
-- task_name: the task's name in TASK_NAMES_FILE, else task; NULL where that is
SELECT user_id, course, task, attempt_type, is_success, created_at, local_at,
       local_at::date AS day, {schema.names_of_task}
FROM (
    SELECT attempts.*, course_name, task_name,
           -- Whatever no run has seen yet is read here.
           CASE WHEN task_id IS NOT NULL THEN etl_tasks.course
                WHEN {summaries.text_names_no_student} THEN {summaries.course_of_text} END AS course,
           CASE WHEN task_id IS NOT NULL THEN etl_tasks.task
                WHEN {summaries.text_names_no_student} THEN {summaries.task_of_text} END   AS task
    FROM (
        -- Named, since a table that was there before us may have a `course` of its own.
        SELECT user_id, attempt_type, created_at,
               attempt_type = 'submit' AND is_correct IS TRUE           AS is_success,
               created_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s      AS local_at,
               {summaries.task_text} AS text
        FROM attempts
    ) AS attempts
    LEFT JOIN etl_task_texts USING (text)
    LEFT JOIN etl_tasks ON etl_tasks.id = task_id AND {summaries.names_no_student}
) AS read_out;
