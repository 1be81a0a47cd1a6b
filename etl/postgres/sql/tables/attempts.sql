-- One attempt of a student: a run of the code, or its submission for a verdict.
--
-- id: the row's number
-- oauth_consumer_key: the key with which the LMS opened the task (LTI)
-- lis_result_sourcedid: course, task and student in one text, as the LMS writes it (LTI)
-- lis_outcome_service_url: where the LMS takes grades (LTI); NULL: an ungraded block names none
-- is_correct: the verdict; NULL for a run: only submissions are judged
-- attempt_type: run or submit
-- created_at: the moment, UTC
CREATE TABLE attempts (
    id                      BIGSERIAL PRIMARY KEY,
    user_id                 VARCHAR(32) NOT NULL,
    oauth_consumer_key      TEXT,
    lis_result_sourcedid    TEXT,
    lis_outcome_service_url TEXT,
    is_correct              BOOLEAN,
    attempt_type            VARCHAR(10) NOT NULL CHECK (attempt_type IN ('run', 'submit')),
    created_at              TIMESTAMP NOT NULL,
    -- The grader gives records no id of their own; these three columns identify one.
    CONSTRAINT unique_attempt UNIQUE (user_id, attempt_type, created_at)
);
