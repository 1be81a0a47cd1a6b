-- The last runs. One that has written no end, as the run that writes the page, has its counts in its
-- slices alone; where nobody holds the lock of runs it was killed. As JSON, columns that older
-- tables lack are NULL.
SELECT id, started_at, finished_at,
       CASE WHEN status <> 'running' OR EXISTS (
                SELECT FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND (classid::bigint << 32 | objid::bigint) = %(key)s
            ) THEN status
            WHEN loaded.received IS NULL THEN 'failed' ELSE 'partial' END,
       to_jsonb(runs) ->> 'command', to_jsonb(runs) ->> 'version',
       failed_stage, error, to_jsonb(runs) ->> 'failure',
       coalesce(runs.window_start, loaded.window_start), coalesce(runs.window_end, loaded.window_end),
       ARRAY[coalesce(loaded.received, runs.received), coalesce(loaded.inserted, runs.inserted),
             coalesce(loaded.duplicates, runs.duplicates),
             coalesce(loaded.conflicting, runs.conflicting),
             coalesce(loaded.rejected, runs.rejected),
             coalesce(loaded.out_of_window, runs.out_of_window)]
FROM etl_runs AS runs
LEFT JOIN LATERAL (
    SELECT min(window_start) AS window_start, max(window_end) AS window_end,
           sum(received)::bigint AS received, sum(inserted)::bigint AS inserted,
           sum(duplicates)::bigint AS duplicates, sum(conflicting)::bigint AS conflicting,
           sum(rejected)::bigint AS rejected, sum(out_of_window)::bigint AS out_of_window
    FROM etl_slices WHERE run_id = runs.id AND runs.finished_at IS NULL
) AS loaded ON true
ORDER BY id DESC
LIMIT %(runs)s;
