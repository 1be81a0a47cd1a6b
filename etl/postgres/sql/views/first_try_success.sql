-- A row for each task that was submitted: of the students who did, whose first submit was correct.
SELECT course, task,
       count(*)                                                                 AS students,
       count(*) FILTER (WHERE solved_at = first_submit_at)                      AS first_try_students,
       round(1e4::float8 * count(*) FILTER (WHERE solved_at = first_submit_at) / count(*)) / 100
                                                                                AS first_try_percent
FROM student_tasks
WHERE first_submit_at IS NOT NULL
GROUP BY course, task;
