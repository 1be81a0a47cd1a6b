-- Who comes when, in counts that name nobody; course 0 is all of them. Each student's days are read as
-- one array off the primary key's index, where they lie together: nothing large is sorted.
WITH tasks AS (
    SELECT id AS task_id, array_position(%(courses)s::text[], course) AS course
    FROM etl_tasks
    WHERE course = ANY (%(courses)s)
), students AS MATERIALIZED (
    SELECT 0 AS course, array_agg(DISTINCT day) AS days
    FROM etl_student_task_days
    GROUP BY user_id
    UNION ALL
    SELECT course, array_agg(DISTINCT day)
    FROM etl_student_task_days JOIN tasks USING (task_id)
    GROUP BY user_id, course
), visits AS MATERIALIZED (
    -- Each day with the one before it; behind the last one, a row without a day.
    SELECT course, day, previous, count(*) AS students
    FROM students, unnest(days, array_prepend(NULL, days)) AS visit (day, previous)
    GROUP BY course, day, previous
), first_weeks AS (
    SELECT course, cohort, (day - cohort) / 7 AS week, (previous - cohort) / 7 AS previous_week
    FROM students,
         CAST(date_trunc('week', days[1]::timestamp) AS date) AS cohort,
         unnest(days[:7 + 7 * %(later_weeks)s], array_prepend(NULL, days[:6 + 7 * %(later_weeks)s]))
             AS visit (day, previous)
), monthly AS (
    SELECT date_trunc('month', day::timestamp)::date AS start,
           12 * extract(year FROM day) + extract(month FROM day)
               - 12 * extract(year FROM previous) - extract(month FROM previous) AS since, students
    FROM visits
    WHERE course = 0
)
SELECT 'day', course, day, since, sum(students)::int
FROM visits,
     CAST(CASE WHEN course = 0 THEN %(exact)s ELSE %(exact_course)s END AS int) AS exact,
     CAST(CASE WHEN day - previous < exact THEN day - previous END AS int) AS since
WHERE day IS NOT NULL
GROUP BY course, day, since
UNION ALL
SELECT 'last_seen', course, previous, NULL, students::int FROM visits WHERE day IS NULL
UNION ALL
SELECT 'before', course, NULL, span, sum(students)::int
FROM visits JOIN unnest(%(spans)s) AS span
  ON previous > %(last)s::date - 2 * span AND previous <= %(last)s::date - span
 AND (day > %(last)s::date - span OR day IS NULL)
GROUP BY course, span
UNION ALL
SELECT 'week', course, cohort, week, count(*)::int
FROM first_weeks
WHERE week <= %(later_weeks)s AND previous_week IS DISTINCT FROM week
GROUP BY course, cohort, week
UNION ALL
SELECT 'month', 0, start, since::int, sum(students)::int
FROM monthly
WHERE start IS NOT NULL AND since IS DISTINCT FROM 0
GROUP BY start, since
ORDER BY 1, 2, 3, 4;
