-- A row for each student and task that they solved: how long it took. unsolved_tasks has the rest.
SELECT user_id, course, task,
       attempts_to_success            AS attempts,
       submits_to_success             AS submits,
       first_attempt_at,
       solved_at,
       solved_at - first_attempt_at   AS time_taken
FROM student_tasks
WHERE solved_at IS NOT NULL;
