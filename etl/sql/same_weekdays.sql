-- The attempts of earlier days, as far back as there are any; one range of an index each.
SELECT day, count(attempts.created_at)
FROM unnest(%(days)s::date[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     AS days (day, day_start, day_end)
LEFT JOIN attempts ON attempts.created_at >= day_start AND attempts.created_at < day_end
WHERE day_start >= (SELECT min(created_at) FROM attempts)
GROUP BY day;
