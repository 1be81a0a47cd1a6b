-- name: start_run
INSERT INTO etl_runs (started_at, status, command, version)
VALUES (%(started_at)s, 'running', %(command)s, %(version)s)
RETURNING id;

-- name: close_abandoned_runs
-- The lock is ours, so no other run is at work: a run that is still `running` was killed.
UPDATE etl_runs
SET status = CASE WHEN EXISTS (SELECT FROM etl_slices WHERE run_id = etl_runs.id)
                  THEN 'partial' ELSE 'failed' END,
    error = 'the process ended without a word: killed, or the host went down'
WHERE status = 'running';

-- name: finish_run
-- A run that was interrupted right after a COMMIT does not know of its last slice; etl_slices does.
UPDATE etl_runs
SET finished_at = %(finished_at)s,
    status = CASE WHEN %(status)s = 'failed' AND EXISTS (SELECT FROM etl_slices WHERE run_id = %(run_id)s)
                  THEN 'partial' ELSE %(status)s END,
    failed_stage = %(failed_stage)s,
    window_start = %(window_start)s, window_end = %(window_end)s,
    received = %(received)s, inserted = %(inserted)s, duplicates = %(duplicates)s,
    conflicting = %(conflicting)s, rejected = %(rejected)s, out_of_window = %(out_of_window)s,
    error = %(error)s, failure = %(failure)s
WHERE id = %(run_id)s;

-- name: insert_slice
-- The watermark moves only over days without a gap: a backfill of a far month leaves it alone,
-- so that the days between are still fetched. The first slice has none before it: greatest ignores NULL.
INSERT INTO etl_slices (run_id, window_start, window_end, received, inserted, duplicates,
                        conflicting, rejected, out_of_window, watermark)
SELECT %(run_id)s, %(window_start)s, %(window_end)s, %(received)s, %(inserted)s, %(duplicates)s,
       %(conflicting)s, %(rejected)s, %(out_of_window)s,
       CASE WHEN known.watermark < %(window_start)s THEN known.watermark
            ELSE greatest(known.watermark, %(window_end)s::timestamp) END
FROM (SELECT max(watermark) AS watermark FROM etl_slices) AS known;

-- name: progress
-- The watermark, the start of the first of all runs, and the start of the last other run by cron's
-- command, which names no days. Older tables have no commands.
SELECT (SELECT max(watermark) FROM etl_slices),
       (SELECT min(started_at) FROM etl_runs),
       (SELECT max(started_at) FROM etl_runs AS runs
        WHERE id <> %(run_id)s
          AND coalesce(to_jsonb(runs) ->> 'command', 'run') IN ('run', 'run --no-letter'));

-- name: owe_reports
-- The sheet shows days whose attempts have changed since: their slices are to be reported again.
UPDATE etl_slices AS slice
SET reported_at = NULL
WHERE EXISTS (
    SELECT FROM unnest(%(moments)s::timestamp[]) AS moment
    WHERE moment >= slice.window_start AND moment < slice.window_end
);

-- name: last_runs
-- The last runs. A run without an end, such as the one that writes the page, has its counts in its
-- slices alone; if nobody holds the lock of runs, it was killed. Through JSON, columns that older
-- tables lack are NULL.
SELECT id, started_at, finished_at,
       CASE WHEN status <> 'running' OR EXISTS ({session.lock_of_runs}) THEN status
            WHEN loaded.counts IS NULL THEN 'failed' ELSE 'partial' END,
       to_jsonb(runs) ->> 'command', to_jsonb(runs) ->> 'version',
       failed_stage, error, (to_jsonb(runs) ->> 'failure')::json,
       coalesce(runs.window_start, loaded.window_start), coalesce(runs.window_end, loaded.window_end),
       coalesce(loaded.counts, ARRAY[received, inserted, duplicates, conflicting, rejected, out_of_window])
FROM etl_runs AS runs
LEFT JOIN LATERAL (
    SELECT min(window_start) AS window_start, max(window_end) AS window_end,
           CASE WHEN count(*) > 0 THEN ARRAY[
               sum(received), sum(inserted), sum(duplicates), sum(conflicting), sum(rejected),
               sum(out_of_window)
           ]::bigint[] END AS counts
    FROM etl_slices WHERE run_id = runs.id AND runs.finished_at IS NULL
) AS loaded ON true
ORDER BY id DESC
LIMIT %(runs)s;

-- name: open_quarantine
SELECT reason, count(*) FROM rejected_attempts
WHERE resolved_at IS NULL
GROUP BY reason
ORDER BY count(*) DESC, reason;
