-- One row for each student and each task that they solved. unsolved_tasks has the rest.
--
-- attempts: runs and submits up to the first correct submit, included
-- submits: submits up to the first correct one, included
-- solved_at: the first correct submit, UTC
-- time_taken: from first_attempt_at to solved_at, with all pauses
SELECT user_id, course, task,
       attempts_to_success            AS attempts,
       submits_to_success             AS submits,
       first_attempt_at,
       solved_at,
       solved_at - first_attempt_at   AS time_taken,
       course_name,
       task_name
FROM student_tasks
WHERE solved_at IS NOT NULL;
