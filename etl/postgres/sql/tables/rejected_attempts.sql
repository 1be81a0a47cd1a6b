-- The quarantine: records that broke a rule or contradict a stored attempt.
--
-- id: the row's number
-- rejected_at: when it first came
-- reason: the rule's code; docs/settings.md has them all
-- record: the record as it came, JSON
-- detail: what refused it in the database, with its SQLSTATE; NULL: a rule of ours
-- resolved_at: when a later look accepted it; NULL: not yet
CREATE TABLE rejected_attempts (
    id          BIGSERIAL PRIMARY KEY,
    run_id      BIGINT NOT NULL REFERENCES etl_runs (id),
    rejected_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    reason      TEXT NOT NULL,
    record      TEXT NOT NULL,
    detail      TEXT,
    resolved_at TIMESTAMPTZ
);

-- Windows overlap, and the same bad record comes again with each: one row is enough. A record may
-- be longer than an index entry, hence its digest; md5 because an index wants an immutable function.
CREATE UNIQUE INDEX rejected_attempts_record ON rejected_attempts (md5(record));
