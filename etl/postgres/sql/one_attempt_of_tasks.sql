-- Of each of these tasks one attempt of these days, with the address to which the LMS takes its grade.
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
