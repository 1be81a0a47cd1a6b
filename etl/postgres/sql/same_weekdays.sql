-- The attempts of earlier days that have any: a day without may just not have been loaded.
SELECT day, sum(runs + submits)
FROM etl_hours
WHERE day = ANY(%(days)s::date[])
GROUP BY day;
