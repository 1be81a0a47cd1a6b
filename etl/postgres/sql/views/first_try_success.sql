-- One row for each task that was submitted.
--
-- students: those who submitted it
-- first_try_students: students whose first submit was correct
-- first_try_percent: first_try_students as a percentage of students
SELECT course, task, students, first_try_students,
       round(1e4::float8 * first_try_students / students) / 100 AS first_try_percent,
       {schema.names_of_task}
FROM (
    SELECT task_id, count(*) AS students,
           count(*) FILTER (WHERE solved_at = first_submit_at) AS first_try_students
    FROM student_tasks
    WHERE first_submit_at IS NOT NULL
    GROUP BY task_id
) AS figures
JOIN etl_tasks ON id = task_id;
