-- One row for each cohort and each week, from the cohort's own week to the last one with attempts, zeros
-- included.
--
-- cohort: Monday of the week of the students' first attempt
-- cohort_students: students who began in that week
-- week_number: 0 for the cohort's own week
-- week: Monday of the week
-- students: students of the cohort who were active in the week
-- retention_percent: students as a percentage of cohort_students
WITH students AS (
    -- One array each, off the primary key's index, where a student's rows lie together: no large sort.
    SELECT array_agg(DISTINCT date_trunc('week', day::timestamp)::date) AS weeks
    FROM etl_student_task_days
    GROUP BY user_id
), active AS (
    SELECT weeks[1] AS cohort, week, count(*) AS students
    FROM students, unnest(weeks) AS week
    GROUP BY cohort, week
), cohorts AS (
    SELECT cohort, students AS cohort_students FROM active WHERE week = cohort
)
SELECT cohort, cohort_students,
       (week::date - cohort) / 7                                                    AS week_number,
       week::date                                                                   AS week,
       coalesce(students, 0)                                                        AS students,
       round(1e4::float8 * coalesce(students, 0) / cohort_students) / 100           AS retention_percent
FROM cohorts
-- Of dates it would make moments of the reader's time zone, where a midnight may be missing.
CROSS JOIN LATERAL generate_series(
    cohort::timestamp, (SELECT max(week) FROM active), interval '1 week'
) AS week
LEFT JOIN active USING (cohort, week)
ORDER BY cohort, week;
