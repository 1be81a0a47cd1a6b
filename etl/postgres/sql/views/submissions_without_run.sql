-- One row for each task that was submitted.
--
-- without_run: submits before which their student had never run the task
-- without_run_percent: without_run as a percentage of submits
-- students: those who submitted it
-- students_without_run: students with at least one submit that is without_run
SELECT course, task, submits, without_run,
       round(1e4::float8 * without_run / submits) / 100 AS without_run_percent,
       students, students_without_run, {schema.names_of_task}
FROM (
    SELECT task_id,
           sum(submits)::bigint                             AS submits,
           sum(submits_without_run)::bigint                 AS without_run,
           count(*)                                         AS students,
           count(*) FILTER (WHERE submits_without_run > 0)  AS students_without_run
    FROM student_tasks
    WHERE submits > 0
    GROUP BY task_id
) AS figures
JOIN etl_tasks ON id = task_id;
