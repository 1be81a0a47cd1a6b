-- A row for each task that was submitted: submits before which the student had never run that task.
SELECT course, task,
       sum(submits)::bigint                                                         AS submits,
       sum(submits_without_run)::bigint                                             AS without_run,
       round(1e4::float8 * sum(submits_without_run) / sum(submits)) / 100           AS without_run_percent,
       count(*)                                                                     AS students,
       count(*) FILTER (WHERE submits_without_run > 0)                              AS students_without_run
FROM student_tasks
WHERE submits > 0
GROUP BY course, task;
