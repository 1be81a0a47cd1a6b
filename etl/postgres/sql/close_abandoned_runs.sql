-- The lock is ours, so no other run is at work: what is still `running` was killed.
UPDATE etl_runs
SET status = CASE WHEN EXISTS (SELECT FROM etl_slices WHERE run_id = etl_runs.id)
                  THEN 'partial' ELSE 'failed' END,
    error = 'the process ended without a word: killed, or the host went down'
WHERE status = 'running';
