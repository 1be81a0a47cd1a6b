-- One row for each task that was tried.
--
-- students: those who tried it, by a run or a submit
-- success_percent: correct as a percentage of submits; NULL: no submits
-- first_try_percent: of those who submitted it, the percentage whose first submit was correct; NULL: nobody
--     did
-- solvers: students with a correct submit
-- solved_percent: solvers as a percentage of students
-- median_attempts: median of the solvers' attempts_to_success; NULL: no solvers
-- difficulty_rank: 1 for the hardest: lowest success_percent first, then more students; tasks with
--     fewer than 10 submits come behind the others, those without any last
WITH counted AS (
    -- By attempts to success: the median of single students would sort them all.
    SELECT task_id, attempts_to_success, count(*) AS students, sum(attempts) AS attempts, sum(runs) AS runs,
           sum(submits) AS submits, sum(correct) AS correct, count(first_submit_at) AS submitters,
           count(*) FILTER (WHERE solved_at = first_submit_at) AS solvers_at_first,
           count(solved_at) AS solvers
    FROM student_tasks
    GROUP BY task_id, attempts_to_success
), ranked AS (
    SELECT *, sum(solvers) OVER task AS solvers_of_task,
           sum(solvers) OVER (task ORDER BY attempts_to_success) AS solvers_so_far
    FROM counted
    WINDOW task AS (PARTITION BY task_id)
)
SELECT course, task, attempts, students, runs, submits, correct, success_percent, first_try_percent,
       solvers, solved_percent, median_attempts,
       row_number() OVER (
           ORDER BY submits < {few_submits}, success_percent NULLS LAST, students DESC, course, task
       ) AS difficulty_rank,
       {schema.names_of_task}
FROM (
    SELECT task_id,
           sum(attempts)::bigint                                             AS attempts,
           sum(students)::bigint                                             AS students,
           sum(runs)::bigint                                                 AS runs,
           sum(submits)::bigint                                              AS submits,
           sum(correct)::bigint                                              AS correct,
           -- In float8, which rounds halves to even as the sheet's figures are; numeric does not.
           round(1e4::float8 * sum(correct) / nullif(sum(submits), 0)) / 100 AS success_percent,
           round(1e4::float8 * sum(solvers_at_first) / nullif(sum(submitters), 0)) / 100
                                                                             AS first_try_percent,
           sum(solvers)::bigint                                              AS solvers,
           round(1e4::float8 * sum(solvers) / sum(students)) / 100           AS solved_percent,
           -- Those of the middle solver, or of the two in the middle.
           avg(attempts_to_success) FILTER (
               WHERE solvers_of_task BETWEEN 2 * (solvers_so_far - solvers) AND 2 * solvers_so_far
           )::float8                                                         AS median_attempts
    FROM ranked
    GROUP BY task_id
) AS figures
JOIN etl_tasks ON id = task_id;
