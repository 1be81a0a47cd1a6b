-- Attempts of each hour that has any, on the clocks of TIME_ZONE.
CREATE TABLE etl_hours (
    day     DATE NOT NULL,
    hour    INTEGER NOT NULL,                    -- 0 to 23
    runs    INTEGER NOT NULL,
    submits INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    PRIMARY KEY (day, hour)
);
