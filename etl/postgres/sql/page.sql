-- name: students
-- Counts of students by day, without ids; course 0 is all courses. A student's days are one array,
-- read off the primary key's index, where they lie together: nothing large is sorted. A day of a
-- course is its number and, in five digits, the day since 1900: days of two courses are never near.
WITH courses AS (
    -- Courses by the task's number, which is quicker than a join.
    SELECT array_agg(coalesce(array_position(%(courses)s::text[], course), 0) ORDER BY number) AS of_task
    FROM generate_series(1, (SELECT max(id) FROM etl_tasks)) AS number
    LEFT JOIN etl_tasks ON id = number
), students AS MATERIALIZED (
    SELECT array_agg(DISTINCT day) AS days,
           array_agg(DISTINCT (SELECT of_task FROM courses)[task_id] * 100000 + (day - DATE '1900-01-01'))
               FILTER (WHERE (SELECT of_task FROM courses)[task_id] > 0) AS course_days
    FROM etl_student_task_days
    GROUP BY user_id
), visits AS MATERIALIZED (
    -- Each day with the one before it; behind the last one, a row without a day.
    SELECT day, previous, count(*) AS students
    FROM students, unnest(days, array_prepend(NULL, days)) AS visit (day, previous)
    GROUP BY day, previous
), first_weeks AS (
    SELECT monday, (day - monday) / 7 AS week, (previous - monday) / 7 AS previous_week
    FROM students,
         CAST(date_trunc('week', days[1]::timestamp) AS date) AS monday,
         unnest(days[:7 + 7 * %(later_weeks)s], array_prepend(NULL, days[:6 + 7 * %(later_weeks)s]))
             AS visit (day, previous)
), months AS (
    SELECT date_trunc('month', day::timestamp)::date AS start,
           12 * extract(year FROM day) + extract(month FROM day)
               - 12 * extract(year FROM previous) - extract(month FROM previous) AS since, students
    FROM visits
    WHERE day IS NOT NULL
)
SELECT 'day', 0, day, since, sum(students)::int
FROM visits, CAST(CASE WHEN day - previous < %(exact)s THEN day - previous END AS int) AS since
WHERE day IS NOT NULL
GROUP BY day, since
UNION ALL
SELECT 'day', day / 100000, DATE '1900-01-01' + day %% 100000, since, count(*)::int
FROM students, unnest(course_days, array_prepend(NULL, course_days)) AS visit (day, previous),
     CAST(CASE WHEN day - previous < %(exact_course)s THEN day - previous END AS int) AS since
WHERE day IS NOT NULL
GROUP BY day, since
UNION ALL
SELECT 'last_seen', 0, previous, NULL, students::int
FROM visits
WHERE day IS NULL
UNION ALL
SELECT 'last_seen', day / 100000, DATE '1900-01-01' + day %% 100000, NULL, count(*)::int
FROM students, unnest(course_days, course_days[2:]) AS visit (day, next)
WHERE day / 100000 IS DISTINCT FROM next / 100000
GROUP BY day
UNION ALL
SELECT 'before', 0, NULL, span, sum(students)::int
FROM visits JOIN unnest(%(spans)s) AS span
  ON previous > %(last)s::date - 2 * span AND previous <= %(last)s::date - span
 AND (day > %(last)s::date - span) IS NOT FALSE
GROUP BY span
UNION ALL
SELECT 'week', 0, monday, week, count(*)::int
FROM first_weeks
WHERE week <= %(later_weeks)s AND previous_week IS DISTINCT FROM week
GROUP BY monday, week
UNION ALL
SELECT 'month', 0, start, since::int, sum(students)::int
FROM months
WHERE since IS DISTINCT FROM 0
GROUP BY start, since
ORDER BY 1, 2, 3, 4;

-- name: course_days
-- Attempts of single courses by day; days without any have no row.
SELECT array_position(%(courses)s::text[], course), day, sum(correct)::int, sum(runs)::int, sum(submits)::int
FROM etl_student_task_days JOIN etl_tasks ON id = task_id
WHERE course = ANY (%(courses)s)
GROUP BY course, day
ORDER BY 1, 2;

-- name: quarantine
SELECT reason, count(*), count(*) FILTER (WHERE resolved_at IS NULL)
FROM rejected_attempts
GROUP BY reason
ORDER BY count(*) DESC, reason;
