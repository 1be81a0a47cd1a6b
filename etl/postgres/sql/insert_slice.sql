-- The watermark moves only over ground without a gap: a backfill of a far month leaves it alone,
-- so that the days between are still fetched.
INSERT INTO etl_slices (run_id, window_start, window_end, received, inserted, duplicates,
                        conflicting, rejected, out_of_window, watermark)
SELECT %(run_id)s, %(window_start)s, %(window_end)s, %(received)s, %(inserted)s, %(duplicates)s,
       %(conflicting)s, %(rejected)s, %(out_of_window)s,
       CASE
           WHEN known.watermark IS NULL THEN %(window_end)s::timestamp
           WHEN known.watermark < %(window_start)s THEN known.watermark
           ELSE greatest(known.watermark, %(window_end)s::timestamp)
       END
FROM (SELECT max(watermark) AS watermark FROM etl_slices) AS known;
