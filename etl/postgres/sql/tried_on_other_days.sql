-- Which of these students' tasks, by their places, have rows outside of a span, and whether one of
-- those says to be the only one.
SELECT place, bool_or(is_only_day)::int AS was_only_day
FROM unnest(%(users)s::text[], %(tasks)s::int[]) WITH ORDINALITY AS own (user_id, task_id, place)
JOIN etl_student_task_days USING (user_id, task_id)
WHERE day NOT BETWEEN %(first_day)s AND %(last_day)s
GROUP BY user_id, task_id, place;
