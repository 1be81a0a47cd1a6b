-- name: attempts_to_count
-- Ids and types are cast to text: a column of fixed length would fill them up with blanks.
SELECT user_id::text, lis_result_sourcedid, is_correct, attempt_type::text,
       (date_part('epoch', created_at::timestamp) * 1000000)::bigint
FROM attempts
WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
  AND user_id IS NOT NULL AND attempt_type IN ('run', 'submit');

-- name: checksums
-- The number of attempts in each hour of some days, and a checksum of all that the summaries read
-- of them. Hours are given as the moments at which they begin, so that one time zone database
-- decides what a day is.
SELECT width_bucket(created_at::timestamp, %(starts)s::timestamp[]) - 1 AS place,
       count(*)                                                         AS attempts,
       sum((hashtextextended(
           user_id || coalesce(lis_result_sourcedid, ''),
           -- Microseconds, and whether it was a run, a correct submit or another one.
           (date_part('epoch', created_at::timestamp) * 1000000)::bigint * 3
           + CASE WHEN attempt_type = 'run' THEN 0 WHEN is_correct THEN 1 ELSE 2 END
       ) >> 32)::int)                                                   AS checksum
FROM attempts
WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
  -- A table that is older than this program may allow other values.
  AND user_id IS NOT NULL AND attempt_type IN ('run', 'submit')
GROUP BY place;

-- name: stored_hours
SELECT day, hour, runs, submits, correct, checksum
FROM etl_hours
WHERE day BETWEEN %(first_day)s AND %(last_day)s;

-- name: delete_days
DELETE FROM etl_hours WHERE day BETWEEN %(first_day)s AND %(last_day)s;
DELETE FROM etl_student_task_days WHERE day BETWEEN %(first_day)s AND %(last_day)s;

-- name: student_task_day_totals
SELECT day, sum(runs)::int, sum(submits)::int, sum(correct)::int
FROM etl_student_task_days
WHERE day BETWEEN %(first_day)s AND %(last_day)s
GROUP BY day;

-- name: tried_on_other_days
-- The places of the given pairs of student and task that have rows on other days, and whether one
-- of those rows is marked as the only day.
SELECT place, bool_or(is_only_day)::int AS was_only_day
FROM unnest(%(users)s::text[], %(tasks)s::int[]) WITH ORDINALITY AS own (user_id, task_id, place)
JOIN etl_student_task_days USING (user_id, task_id)
WHERE day NOT BETWEEN %(first_day)s AND %(last_day)s
GROUP BY user_id, task_id, place;

-- name: unset_only_days
-- A row whose companions are deleted stays unset, which only costs a needless look at it.
UPDATE etl_student_task_days
SET is_only_day = false
FROM unnest(%(users)s::text[], %(tasks)s::int[]) AS own (user_id, task_id)
WHERE etl_student_task_days.user_id = own.user_id AND etl_student_task_days.task_id = own.task_id
  AND is_only_day AND day NOT BETWEEN %(first_day)s AND %(last_day)s;

-- name: begin_rebuild
-- The texts are read anew as well.
DELETE FROM etl_task_texts;
INSERT INTO etl_summaries (time_zone, definition, rebuilt_from)
VALUES (%(time_zone)s, %(definition)s, %(first_day)s)
ON CONFLICT (is_only) DO UPDATE
SET time_zone = excluded.time_zone, definition = excluded.definition,
    rebuilt_from = excluded.rebuilt_from;

-- name: next_day_to_rebuild
-- The first moment (UTC) with an attempt and the first counted day, from the given ones on.
SELECT (SELECT min(created_at) FROM attempts
        WHERE created_at >= %(moment)s AND created_at < '9999-01-01'),
       least((SELECT min(day) FROM etl_student_task_days WHERE day >= %(day)s),
             (SELECT min(day) FROM etl_hours WHERE day >= %(day)s));

-- name: known_task_texts
SELECT text, task_id, course, task
FROM etl_task_texts JOIN etl_tasks ON id = task_id
WHERE text = ANY(%(texts)s);

-- name: new_task_texts
-- The texts that name a task, each with its course and task.
--
-- {course}:{host}-{block}:{user} is read from its end, since the course has colons of its own. A host
-- ends in a domain; a middle part without one is the task as it is. Any other text is left out: Moodle
-- and Canvas write one for each student, which is no task and names the student. For the same reason
-- a text is left out if its only student's id stands in it (a short id: is its course or task).
SELECT text, course, task
FROM (
    SELECT text, first_student, last_student, {course_of_text} AS course, {task_of_text} AS task
    FROM unnest(%(texts)s::text[], %(first_students)s::text[], %(last_students)s::text[])
         AS given (text, first_student, last_student)
) AS read_out
WHERE EXISTS (
    SELECT FROM unnest(ARRAY[first_student, last_student]) AS user_id WHERE {names_no_student}
);

-- name: insert_tasks
-- Numbers go on from the last task: a sequence would be one more right to grant.
INSERT INTO etl_tasks (id, course, task)
SELECT (SELECT max(id) FROM etl_tasks) + row_number() OVER (ORDER BY course, task), course, task
FROM (
    SELECT DISTINCT course, task
    FROM unnest(%(courses)s::text[], %(tasks)s::text[]) AS given (course, task)
    WHERE NOT EXISTS (
        SELECT FROM etl_tasks AS known WHERE known.course = given.course AND known.task = given.task
    )
) AS new;

-- name: insert_task_texts
INSERT INTO etl_task_texts (text, task_id)
SELECT given.text, etl_tasks.id
FROM unnest(%(texts)s::text[], %(courses)s::text[], %(tasks)s::text[]) AS given (text, course, task)
JOIN etl_tasks USING (course, task);

-- name: course_of_text
CASE WHEN {names_a_task} THEN substring(text FROM '^(.*):[^:]*:[^:]*$') END

-- name: task_of_text
CASE WHEN {names_a_task}
     THEN regexp_replace(substring(text FROM ':([^:]*):[^:]*$'),
                         '^.*[.](?:xn--[a-z0-9]+|[a-z]+)-', '') END

-- name: names_a_task
-- Whether a text is {course}:{host}-{block}:{user}; a longer one may not fit into an index.
text ~ ('^[^:[:space:]"{},][^[:space:]"{},]*'
        ':[^:+[:space:]"{},]*[^-:+[:space:]"{},]'
        ':[^:[:space:]"{},]*$') AND length(text) <= 600

-- name: task_text
-- The text without the student's id at its end. If the id stands nowhere else, bytes are compared
-- instead of characters counted, which takes a third of the time.
CASE WHEN split_part(lis_result_sourcedid, user_id, 1) || user_id = lis_result_sourcedid
     THEN split_part(lis_result_sourcedid, user_id, 1)
     WHEN right(lis_result_sourcedid, length(user_id)) = user_id
     THEN left(lis_result_sourcedid, -length(user_id))
     ELSE lis_result_sourcedid END

-- name: names_no_student
user_id NOT IN (course, task)
   AND (length(user_id) < 16 OR strpos(course || ' ' || task, user_id) = 0)

-- name: text_names_no_student
-- Like names_no_student, for a text whose course and task are not read out yet. Reading them out
-- takes longer than looking for a long id.
CASE WHEN length(user_id) < 16 THEN user_id NOT IN ({course_of_text}, {task_of_text})
     ELSE strpos(text, user_id) = 0 END
