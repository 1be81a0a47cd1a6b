-- Attempts of single courses by day; days without any have no row.
SELECT array_position(%(courses)s::text[], course), day, sum(correct)::int, sum(runs)::int, sum(submits)::int
FROM etl_student_task_days JOIN etl_tasks ON id = task_id
WHERE course = ANY (%(courses)s)
GROUP BY course, day
ORDER BY 1, 2;
