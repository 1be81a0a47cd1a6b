-- One row for each cohort and each week, from the cohort's own week to the last one with attempts, zeros
-- included.
--
-- cohort: Monday of the week of the students' first attempt
-- cohort_students: students who began in that week
-- week_number: 0 for the cohort's own week
-- week: Monday of the week
-- students: students of the cohort who were active in the week
-- retention_percent: students as a percentage of cohort_students
WITH active AS (
    SELECT DISTINCT user_id, date_trunc('week', day::timestamp)::date AS week FROM etl_student_task_days
), started AS (
    SELECT user_id, min(week) AS cohort FROM active GROUP BY user_id
), cohorts AS (
    SELECT cohort, count(*) AS cohort_students FROM started GROUP BY cohort
), returned AS (
    SELECT cohort, week, count(*) AS students FROM active JOIN started USING (user_id) GROUP BY cohort, week
)
SELECT cohort, cohort_students,
       (week::date - cohort) / 7                                                    AS week_number,
       week::date                                                                   AS week,
       coalesce(students, 0)                                                        AS students,
       round(1e4::float8 * coalesce(students, 0) / cohort_students) / 100           AS retention_percent
FROM cohorts
CROSS JOIN LATERAL generate_series(cohort, (SELECT max(week) FROM active), interval '1 week') AS week
LEFT JOIN returned USING (cohort, week)
ORDER BY cohort, week;
