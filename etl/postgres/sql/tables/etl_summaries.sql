-- One row: how the summaries were counted, and how far a rebuild has come.
CREATE TABLE etl_summaries (
    is_only      BOOLEAN PRIMARY KEY DEFAULT true CHECK (is_only),
    time_zone    TEXT NOT NULL,
    definition   TEXT NOT NULL,                  -- changes with the SQL that counts
    rebuilt_from DATE,                           -- the next day to rebuild; NULL: all are true
    rebuilt_at   TIMESTAMPTZ
);
