-- What each student did on each task on each day, counted out of attempts; days of TIME_ZONE.
CREATE TABLE etl_student_task_days (
    user_id             VARCHAR(32) NOT NULL,
    task_id             INTEGER NOT NULL REFERENCES etl_tasks (id),
    day                 DATE NOT NULL,
    runs                INTEGER NOT NULL,
    submits             INTEGER NOT NULL,
    correct             INTEGER NOT NULL,
    -- Of this day alone: up to its first correct submit, which counts too; NULL: none.
    attempts_to_success INTEGER,
    submits_to_success  INTEGER,
    submits_without_run INTEGER NOT NULL,        -- before the day's first run
    hours               INTEGER NOT NULL,        -- bit n: there were attempts from n o'clock on
    first_attempt_at    TIMESTAMP NOT NULL,      -- UTC, as the next three
    last_attempt_at     TIMESTAMP NOT NULL,
    first_submit_at     TIMESTAMP,
    solved_at           TIMESTAMP,               -- the day's first correct submit
    -- True: the student tried the task on no other day, so this row is all there is to say of both.
    is_only_day         BOOLEAN NOT NULL DEFAULT true,
    PRIMARY KEY (user_id, task_id, day)
);

CREATE INDEX etl_student_task_days_day ON etl_student_task_days (day);
