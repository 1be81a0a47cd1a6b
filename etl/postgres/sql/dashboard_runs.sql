-- The last runs. One that has not ended yet, as the run that writes the page, has its counts in its
-- slices alone.
SELECT started_at, status,
       coalesce(runs.window_start, loaded.window_start), coalesce(runs.window_end, loaded.window_end),
       coalesce(loaded.received, runs.received), coalesce(loaded.inserted, runs.inserted),
       coalesce(loaded.rejected, runs.rejected)
FROM etl_runs AS runs
LEFT JOIN LATERAL (
    SELECT min(window_start) AS window_start, max(window_end) AS window_end,
           sum(received)::bigint AS received, sum(inserted)::bigint AS inserted,
           sum(rejected)::bigint AS rejected
    FROM etl_slices WHERE run_id = runs.id AND status = 'running'
) AS loaded ON true
ORDER BY id DESC
LIMIT 10;
