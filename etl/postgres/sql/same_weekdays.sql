-- The attempts of earlier days that have any: a day without may just not have been loaded. One range
-- of an index each.
SELECT day, count(attempts.created_at)
FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     AS days (day, day_start, day_end)
JOIN attempts ON attempts.created_at >= day_start AND attempts.created_at < day_end
GROUP BY day;
