-- What is loaded: one row for each slice, written in the transaction that loads it.
--
-- id: the row's number
-- loaded_at: when it was loaded
-- watermark: up to here (UTC) all is loaded without a gap; the next run begins no later
-- reported_at: when the sheet got its days; NULL: the next report has to
CREATE TABLE etl_slices (
    id            BIGSERIAL PRIMARY KEY,
    run_id        BIGINT NOT NULL REFERENCES etl_runs (id),
    window_start  TIMESTAMP NOT NULL,
    window_end    TIMESTAMP NOT NULL,
    received      BIGINT NOT NULL,
    inserted      BIGINT NOT NULL,
    duplicates    BIGINT NOT NULL,
    conflicting   BIGINT NOT NULL,
    rejected      BIGINT NOT NULL,
    out_of_window BIGINT NOT NULL,
    loaded_at     TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    watermark     TIMESTAMP NOT NULL,
    reported_at   TIMESTAMPTZ
);

-- The report asks for the few slices that it owes, out of years of them.
CREATE INDEX etl_slices_unreported ON etl_slices (id) WHERE reported_at IS NULL;
