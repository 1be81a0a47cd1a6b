-- What has been loaded, a row a slice, written in the transaction that loads the slice.
CREATE TABLE etl_slices (
    id            BIGSERIAL PRIMARY KEY,
    run_id        BIGINT NOT NULL REFERENCES etl_runs (id),
    window_start  TIMESTAMP NOT NULL,            -- UTC, included
    window_end    TIMESTAMP NOT NULL,            -- UTC, not included
    received      BIGINT NOT NULL,
    inserted      BIGINT NOT NULL,
    duplicates    BIGINT NOT NULL,
    conflicting   BIGINT NOT NULL,
    rejected      BIGINT NOT NULL,
    out_of_window BIGINT NOT NULL,
    loaded_at     TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- Up to here (UTC) everything has been loaded without a gap; the next run begins no later.
    watermark     TIMESTAMP NOT NULL,
    -- NULL: the sheet does not show this slice yet, and the next report must.
    reported_at   TIMESTAMPTZ
);

-- The report asks for the few slices that it owes, out of years of them.
CREATE INDEX etl_slices_unreported ON etl_slices (id) WHERE reported_at IS NULL;
