-- Also of months that were detached from attempts, for which nothing is counted anew.
DELETE FROM etl_student_task_days WHERE user_id = %(student)s RETURNING first_attempt_at;
