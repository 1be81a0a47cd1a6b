-- Figures and their day, zeros for a day without attempts. Counted by student first: count(DISTINCT)
-- would sort.
SELECT coalesce(sum(runs + submits), 0)::bigint, count(user_id), coalesce(sum(correct), 0)::bigint,
       coalesce(sum(runs), 0)::bigint, coalesce(sum(submits), 0)::bigint, day
FROM unnest(%(days)s::date[]) AS days (day)
LEFT JOIN (
    SELECT day, user_id, sum(runs) AS runs, sum(submits) AS submits, sum(correct) AS correct
    FROM etl_student_task_days
    WHERE day = ANY(%(days)s::date[])
    GROUP BY day, user_id
) AS students USING (day)
GROUP BY day
ORDER BY day;
