SELECT coalesce(sum(runs + submits), 0)::bigint, count(*), coalesce(sum(correct), 0)::bigint,
       coalesce(sum(runs), 0)::bigint, coalesce(sum(submits), 0)::bigint
FROM (
    SELECT sum(runs) AS runs, sum(submits) AS submits, sum(correct) AS correct
    FROM etl_student_task_days
    WHERE day BETWEEN %(first_day)s AND %(last_day)s
    GROUP BY user_id
) AS students;
