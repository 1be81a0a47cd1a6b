-- One row for each hour with attempts, counted out of attempts.
--
-- hour: 0 to 23, in TIME_ZONE
-- checksum: of all that was counted, to see a change of the attempts; NULL: counted by an earlier version
CREATE TABLE etl_hours (
    day      DATE NOT NULL,
    hour     INTEGER NOT NULL,
    runs     INTEGER NOT NULL,
    submits  INTEGER NOT NULL,
    correct  INTEGER NOT NULL,
    checksum BIGINT,
    PRIMARY KEY (day, hour)
);
