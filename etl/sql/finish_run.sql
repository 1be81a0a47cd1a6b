UPDATE etl_runs
SET finished_at = %(finished_at)s, status = %(status)s, failed_stage = %(failed_stage)s,
    window_start = %(window_start)s, window_end = %(window_end)s,
    received = %(received)s, inserted = %(inserted)s, duplicates = %(duplicates)s,
    conflicting = %(conflicting)s, rejected = %(rejected)s, out_of_window = %(out_of_window)s,
    error = %(error)s
WHERE id = %(run_id)s;
