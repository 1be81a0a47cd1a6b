-- Spreads the tables of a Citus coordinator over its workers. Citus would make the views anew without
-- their comments and rights; the next run makes them.
DROP VIEW IF EXISTS task_attempts, student_tasks, daily_activity, task_difficulty, attempts_to_first_success, first_try_success, unsolved_tasks, submissions_without_run, hourly_activity, weekly_retention, stickiness;
ALTER TABLE attempts DROP CONSTRAINT attempts_pkey, ADD PRIMARY KEY (created_at, id, user_id);
SELECT create_distributed_table('attempts', 'user_id');
SELECT create_reference_table('etl_tasks');
SELECT create_reference_table('etl_task_texts');
SELECT create_distributed_table('etl_student_task_days', 'user_id', colocate_with => 'attempts');
