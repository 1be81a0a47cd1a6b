-- The days of the span must have no rows yet.
INSERT INTO etl_student_task_days (
    day, user_id, task_id, runs, submits, correct, attempts_to_success, submits_to_success,
    submits_without_run, hours, first_attempt_at, last_attempt_at, first_submit_at, solved_at, is_only_day
)
WITH counted AS ({student_task_days})
SELECT *,
       task_id <> 0
       AND count(*) OVER (PARTITION BY task_id, hashtext(user_id), user_id) = 1
       AND NOT EXISTS (
           SELECT FROM etl_student_task_days AS other
           WHERE other.user_id = counted.user_id AND other.task_id = counted.task_id
       )
FROM counted;
