-- The quarantine: records that broke a rule or contradict a stored attempt, as they came.
CREATE TABLE rejected_attempts (
    id          BIGSERIAL PRIMARY KEY,
    run_id      BIGINT NOT NULL REFERENCES etl_runs (id),
    rejected_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    reason      TEXT NOT NULL,                   -- a code, see the README
    record      TEXT NOT NULL,                   -- the raw JSON
    detail      TEXT,                            -- the database's rule that refused it, by SQLSTATE
    resolved_at TIMESTAMPTZ                      -- when a later look accepted it
);

-- Windows overlap, and the same bad record comes again with each: one row is enough. A record may
-- be longer than an index entry, hence its digest; md5 because an index wants an immutable function.
CREATE UNIQUE INDEX rejected_attempts_record ON rejected_attempts (md5(record));
