-- Every attempt with its course and task, and its moment on the clocks of TIME_ZONE.
--
-- Both are read out of lis_result_sourcedid, {course}:{host}-{block}:{user}; the course has colons
-- of its own, so it is read from the end. Any other text gives NULL for both, not the text: Moodle
-- and Canvas write one for each student, which is no task and names him. For the same reason
-- nothing is read where the student's id stands before the last colon. No captures in the pattern:
-- PostgreSQL takes forty times as long for them.
SELECT user_id,
       CASE WHEN is_read THEN course_read END                                  AS course,
       CASE WHEN is_read THEN task_read END                                    AS task,
       attempt_type,
       attempt_type = 'submit' AND is_correct IS TRUE                          AS is_success,
       created_at,
       local_at,
       local_at::date                                                          AS day
FROM attempts
CROSS JOIN LATERAL (
    SELECT created_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s                 AS local_at,
           string_to_array(lis_result_sourcedid, ':')                          AS parts
) AS split
CROSS JOIN LATERAL (
    SELECT array_to_string(parts[:cardinality(parts) - 2], ':')                AS course_read,
           regexp_replace(parts[cardinality(parts) - 1],
                          '^.*[.](?:xn--[a-z0-9]+|[a-z]+)-', '')               AS task_read
) AS reading
CROSS JOIN LATERAL (
    SELECT lis_result_sourcedid ~ ('^[^:[:space:]"{},][^[:space:]"{},]*'
                                   ':[^:+[:space:]"{},]*[^-:+[:space:]"{},]'
                                   ':[^:[:space:]"{},]*$')
           AND user_id <> ALL (parts[:cardinality(parts) - 1] || task_read)
           AND (length(user_id) < 16 OR strpos(course_read || task_read, user_id) = 0)
                                                                               AS is_read
) AS judgement;
