-- For a table that was distributed by another column; the last line finds duplicates that have come in.
DROP VIEW IF EXISTS task_attempts, student_tasks, daily_activity, task_difficulty, attempts_to_first_success, first_try_success, unsolved_tasks, submissions_without_run, hourly_activity, weekly_retention, stickiness;
ALTER TABLE attempts DROP CONSTRAINT attempts_pkey;
SELECT alter_distributed_table('attempts', distribution_column => 'user_id');
ALTER TABLE attempts ADD PRIMARY KEY (created_at, id, user_id);
ALTER TABLE attempts ADD CONSTRAINT unique_attempt UNIQUE (user_id, attempt_type, created_at);
