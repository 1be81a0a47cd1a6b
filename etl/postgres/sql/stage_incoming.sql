-- The slice's valid records, in the grader's order; gone with the transaction's end. Always named
-- with its schema: a search_path may put a table of that name before it.
CREATE TEMPORARY TABLE incoming (
    position                INTEGER NOT NULL,
    user_id                 VARCHAR(32) NOT NULL,
    oauth_consumer_key      TEXT,
    lis_result_sourcedid    TEXT,
    lis_outcome_service_url TEXT,
    is_correct              BOOLEAN,
    attempt_type            VARCHAR(10) NOT NULL,
    created_at              TIMESTAMP NOT NULL
) ON COMMIT DROP;
