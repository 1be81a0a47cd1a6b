-- Which of these students' tasks have rows outside of a span, and whether one says to be the only one.
SELECT user_id, task_id, bool_or(is_only_day) AS was_only_day
FROM unnest(%(users)s::text[], %(tasks)s::int[]) AS own (user_id, task_id)
JOIN etl_student_task_days USING (user_id, task_id)
WHERE day NOT BETWEEN %(first_day)s AND %(last_day)s
GROUP BY user_id, task_id;
