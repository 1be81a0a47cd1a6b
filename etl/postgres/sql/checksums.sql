-- How many attempts each hour of a span has, and a sum over all that the summaries read of them. Hours
-- come as the moments at which they begin, so that one time zone database decides what a day is.
SELECT width_bucket(created_at::timestamp, %(starts)s::timestamp[]) - 1 AS place,
       count(*)                                                         AS attempts,
       sum((hashtextextended(
           user_id || coalesce(lis_result_sourcedid, ''),
           -- Microseconds, and whether it was a run, a correct submit or another one.
           (date_part('epoch', created_at::timestamp) * 1000000)::bigint * 3
           + CASE WHEN attempt_type = 'run' THEN 0 WHEN is_correct THEN 1 ELSE 2 END
       ) >> 32)::int)                                                   AS checksum
FROM attempts
WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
  -- A table that was there before us may allow others.
  AND user_id IS NOT NULL AND attempt_type IN ('run', 'submit')
GROUP BY place;
