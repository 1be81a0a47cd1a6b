-- The journal: one row for each run, also for those that failed.
--
-- id: what other tables have as run_id
-- command: what was asked for, as on the command line; NULL: the run of an older version
-- version: the program's
-- started_at: when the run began
-- finished_at: when it ended; NULL: it is running, or was killed
-- status: running, succeeded, partial (failed, but some slices are loaded) or failed
-- failed_stage: the stage that failed; NULL: none
-- error: what failed and what to do, in English, without secrets
-- failure: for programs: the problem's code, what happened in each language, and its numbers
CREATE TABLE etl_runs (
    id            BIGSERIAL PRIMARY KEY,
    started_at    TIMESTAMPTZ NOT NULL,
    finished_at   TIMESTAMPTZ,
    status        TEXT NOT NULL CHECK (status IN ('running', 'succeeded', 'partial', 'failed')),
    failed_stage  TEXT,
    window_start  TIMESTAMP,
    window_end    TIMESTAMP,
    received      BIGINT NOT NULL DEFAULT 0,
    inserted      BIGINT NOT NULL DEFAULT 0,
    duplicates    BIGINT NOT NULL DEFAULT 0,
    conflicting   BIGINT NOT NULL DEFAULT 0,
    rejected      BIGINT NOT NULL DEFAULT 0,
    out_of_window BIGINT NOT NULL DEFAULT 0,
    error         TEXT,
    command       TEXT,
    version       TEXT,
    failure       TEXT
);
