-- One attempt of a student: a run of the code, or its submission for a verdict.
CREATE TABLE attempts (
    id                      BIGSERIAL PRIMARY KEY,
    user_id                 VARCHAR(32) NOT NULL,
    oauth_consumer_key      TEXT,
    lis_result_sourcedid    TEXT,
    lis_outcome_service_url TEXT,                -- NULL: an ungraded block names none
    is_correct              BOOLEAN,             -- NULL for a run: only submissions are judged
    attempt_type            VARCHAR(10) NOT NULL CHECK (attempt_type IN ('run', 'submit')),
    created_at              TIMESTAMP NOT NULL,  -- UTC
    -- The grader gives records no id of their own; these three columns identify one.
    CONSTRAINT unique_attempt UNIQUE (user_id, attempt_type, created_at)
);
