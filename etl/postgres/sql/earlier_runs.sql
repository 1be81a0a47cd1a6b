-- Since the last good run: how many failed, and when the first of them began. And the share of
-- records that was rejected in the last ten runs that received any; NULL for fewer than three.
WITH runs AS (
    SELECT * FROM etl_runs WHERE id < %(run_id)s AND command IS DISTINCT FROM 'forget-student'
), failed AS (
    SELECT started_at FROM runs
    WHERE id > coalesce((SELECT max(id) FROM runs WHERE status = 'succeeded'), 0)
), usual AS (
    SELECT received, rejected FROM runs
    WHERE received > 0 AND window_start IS NOT NULL  -- a replay has no window
    ORDER BY id DESC LIMIT 10
)
SELECT (SELECT count(*) FROM failed),
       (SELECT min(started_at) FROM failed),
       (SELECT CASE WHEN count(*) >= 3 THEN sum(rejected)::float8 / sum(received)::float8 END
        FROM usual);
