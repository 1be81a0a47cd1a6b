-- One row for each student, task and day with attempts, counted out of attempts.
--
-- attempts_to_success: runs and submits up to the day's first correct submit, included; NULL: none
-- submits_to_success: submits up to the day's first correct one, included; NULL: none
-- submits_without_run: submits before the day's first run, or all if there is none
-- hours: bit n is set if there were attempts in the hour from n o'clock on, in TIME_ZONE
-- first_submit_at: the day's first submit, UTC; NULL: none
-- solved_at: the day's first correct submit, UTC; NULL: none
-- is_only_day: true: the student tried the task on no other day; false: look at their other days too
CREATE TABLE etl_student_task_days (
    user_id             VARCHAR(32) NOT NULL,
    task_id             INTEGER NOT NULL REFERENCES etl_tasks (id),
    day                 DATE NOT NULL,
    runs                INTEGER NOT NULL,
    submits             INTEGER NOT NULL,
    correct             INTEGER NOT NULL,
    attempts_to_success INTEGER,
    submits_to_success  INTEGER,
    submits_without_run INTEGER NOT NULL,
    hours               INTEGER NOT NULL,
    first_attempt_at    TIMESTAMP NOT NULL,
    last_attempt_at     TIMESTAMP NOT NULL,
    first_submit_at     TIMESTAMP,
    solved_at           TIMESTAMP,
    is_only_day         BOOLEAN NOT NULL DEFAULT true,
    PRIMARY KEY (user_id, task_id, day)
);

CREATE INDEX etl_student_task_days_day ON etl_student_task_days (day);
