-- Texts of a span that are not known yet, each with the course and the task that it names.
--
-- {course}:{host}-{block}:{user} is read from its end, since the course has colons of its own. A host
-- ends in a domain; a middle part without one is the task as it is. Any other text is left out: Moodle
-- and Canvas write one for each student, which is no task and names the student. For the same reason
-- a text is left out whose only student stands in it; a short id, where it is all of course or task.
SELECT text, course, task
FROM (
    SELECT text, students, {course_of_text} AS course, {task_of_text} AS task
    FROM (
        -- max(text), since a condition on what is grouped by would be tried on every attempt.
        SELECT max(text) AS text, ARRAY[min(user_id), max(user_id)] AS students
        FROM (
            SELECT user_id COLLATE "C" AS user_id, {task_text} AS text
            FROM attempts
            WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
        ) AS attempts
        GROUP BY text
    ) AS texts
    WHERE NOT EXISTS (SELECT FROM etl_task_texts AS known WHERE known.text = texts.text)
) AS read_out
WHERE EXISTS (SELECT FROM unnest(students) AS user_id WHERE {names_no_student});
