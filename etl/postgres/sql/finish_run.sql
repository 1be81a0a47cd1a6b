-- A run that was interrupted right after a COMMIT does not know of its last slice: the slices do.
UPDATE etl_runs
SET finished_at = %(finished_at)s, status = CASE WHEN %(status)s = 'failed' AND EXISTS (SELECT FROM etl_slices WHERE run_id = %(run_id)s)
                  THEN 'partial' ELSE %(status)s END, failed_stage = %(failed_stage)s,
    window_start = %(window_start)s, window_end = %(window_end)s,
    received = %(received)s, inserted = %(inserted)s, duplicates = %(duplicates)s,
    conflicting = %(conflicting)s, rejected = %(rejected)s, out_of_window = %(out_of_window)s,
    error = %(error)s, failure = %(failure)s
WHERE id = %(run_id)s;
