-- Students by the week of their first attempt, and how many of them were active in each week since.
-- A week is named by its Monday.
SELECT cohort, week, count(*)
FROM (
    SELECT min(week) OVER (PARTITION BY student, user_id) AS cohort, week
    FROM (
        SELECT DISTINCT hashtext(user_id) AS student, user_id,
               date_trunc('week', day::timestamp)::date AS week
        FROM etl_student_task_days
    ) AS active
) AS since
GROUP BY cohort, week
ORDER BY cohort, week;
