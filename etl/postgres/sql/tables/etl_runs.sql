-- The journal: one row a run, also of those that failed.
CREATE TABLE etl_runs (
    id            BIGSERIAL PRIMARY KEY,
    started_at    TIMESTAMPTZ NOT NULL,
    finished_at   TIMESTAMPTZ,
    status        TEXT NOT NULL CHECK (status IN ('running', 'succeeded', 'partial', 'failed')),
    failed_stage  TEXT,
    window_start  TIMESTAMP,                     -- UTC, included
    window_end    TIMESTAMP,                     -- UTC, not included
    received      BIGINT NOT NULL DEFAULT 0,     -- the sum of the next five
    inserted      BIGINT NOT NULL DEFAULT 0,
    duplicates    BIGINT NOT NULL DEFAULT 0,
    conflicting   BIGINT NOT NULL DEFAULT 0,
    rejected      BIGINT NOT NULL DEFAULT 0,
    out_of_window BIGINT NOT NULL DEFAULT 0,
    error         TEXT                           -- redacted
);
