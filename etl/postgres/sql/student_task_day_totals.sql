SELECT day, sum(runs)::int, sum(submits)::int, sum(correct)::int
FROM etl_student_task_days
WHERE day BETWEEN %(first_day)s AND %(last_day)s
GROUP BY day;
