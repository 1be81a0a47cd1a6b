-- How many of cron's runs failed since the last one that loaded and reported all, and when the first
-- of them began; but for those whose days were loaded and reported before this run, which a person may
-- have done, or whose letter alone failed. And the share of records that was rejected in the last ten
-- runs that received any; NULL as long as these are fewer than 500 records.
WITH due AS (
    SELECT * FROM etl_runs
    WHERE id < %(run_id)s AND coalesce(command, 'run') IN ('run', 'run --no-letter')
), failed AS (
    SELECT started_at FROM due
    WHERE id > coalesce((SELECT max(id) FROM due
                         WHERE status = 'succeeded' OR failed_stage = 'notify'), 0)
      -- A killed run has no window; it would have ended with the day before.
      AND (coalesce(coalesce(window_end, started_at AT TIME ZONE 'UTC' - interval '1 day')
                    > (SELECT max(watermark) FROM etl_slices WHERE run_id < %(run_id)s), true)
           OR EXISTS (SELECT FROM etl_slices WHERE run_id = due.id AND reported_at IS NULL))
), usual AS (
    SELECT received, rejected FROM etl_runs
    WHERE id < %(run_id)s AND received > 0 AND window_start IS NOT NULL  -- a replay has no window
    ORDER BY id DESC LIMIT 10
)
SELECT (SELECT count(*) FROM failed),
       (SELECT min(started_at) FROM failed),
       (SELECT CASE WHEN sum(received) >= 500 THEN sum(rejected)::float8 / sum(received)::float8 END
        FROM usual);
