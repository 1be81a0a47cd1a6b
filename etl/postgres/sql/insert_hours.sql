INSERT INTO etl_hours (day, hour, runs, submits, correct)
{hours};
