-- Students who are to be forgotten: their records are left out when they come again. Not for readers.
--
-- digest: HMAC-SHA256 of the student's id under the key
-- key: random, the same in all rows
-- forgotten_at: when --forget-student was run
CREATE TABLE etl_forgotten (
    digest       BYTEA PRIMARY KEY,
    key          BYTEA NOT NULL,
    forgotten_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
