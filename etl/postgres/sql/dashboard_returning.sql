-- How many of a day's students were active before, last on which day (NULL: never). Different
-- students of any span of days are those of its days whose previous day lies before the span: so
-- these counts answer for every span without naming anybody.
SELECT day, previous, count(*)
FROM (
    SELECT day, lag(day) OVER (PARTITION BY student, user_id ORDER BY day) AS previous
    FROM (
        SELECT DISTINCT hashtext(user_id) AS student, user_id, day FROM etl_student_task_days
    ) AS active
) AS again
GROUP BY day, previous
ORDER BY day, previous;
