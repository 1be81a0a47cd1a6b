INSERT INTO etl_student_task_days (
    day, user_id, task_id, runs, submits, correct, attempts_to_success, submits_to_success,
    submits_without_run, hours, first_attempt_at, last_attempt_at, first_submit_at, solved_at
)
{student_task_days};
