-- One row: how the summaries were counted, how far a rebuild has come, and whose tables these are.
--
-- is_only: always true, so that there is one row
-- time_zone: TIME_ZONE, whose days and hours they are
-- definition: changes with the SQL that counts
-- rebuilt_from: the next day to rebuild; NULL: no rebuild is under way
-- rebuilt_at: when the last rebuild ended
-- schema_version: what these tables look like; an older program refuses them
CREATE TABLE etl_summaries (
    is_only        BOOLEAN PRIMARY KEY DEFAULT true CHECK (is_only),
    time_zone      TEXT NOT NULL,
    definition     TEXT NOT NULL,
    rebuilt_from   DATE,
    rebuilt_at     TIMESTAMPTZ,
    schema_version INTEGER NOT NULL DEFAULT 1
);
