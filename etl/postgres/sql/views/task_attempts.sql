-- Every attempt with its course and task, and its moment on the clocks of TIME_ZONE.
--
-- Both are read out of lis_result_sourcedid, {course}:{host}-{block}:{user}, from its end, since
-- the course has colons of its own. Any other text gives NULL for both, not the text: Moodle and
-- Canvas write one for each student, which is no task and names the student. For the same reason both are
-- NULL where the student's id stands in them; a short id, where it is all of one.
--
-- Captures in the pattern would take forty times as long. HAVING without GROUP BY gives one row or
-- none, and PostgreSQL knows: it reads an attempt's text once however often the columns are used,
-- and not at all when neither is.
SELECT user_id,
       course,
       task,
       attempt_type,
       attempt_type = 'submit' AND is_correct IS TRUE AS is_success,
       created_at,
       local_at,
       local_at::date                                 AS day
FROM (
    -- Named, since a table that was there before us may have a `course` of its own.
    SELECT user_id, lis_result_sourcedid, is_correct, attempt_type, created_at FROM attempts
) AS attempts
CROSS JOIN LATERAL (
    SELECT created_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s AS local_at
) AS given
{course_and_task}
    ON {names_no_student};
