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
SELECT course, task, attempts, students, runs, submits, correct, success_percent, first_try_percent,
       solvers, solved_percent, median_attempts,
       row_number() OVER (
           ORDER BY submits < {few_submits}, success_percent NULLS LAST, students DESC, course, task
       ) AS difficulty_rank,
       {names_of_task}
FROM (
    SELECT task_id,
           sum(attempts)::bigint                                            AS attempts,
           count(*)                                                         AS students,
           sum(runs)::bigint                                                AS runs,
           sum(submits)::bigint                                             AS submits,
           sum(correct)::bigint                                             AS correct,
           -- In float8, which rounds halves to even as the sheet's figures are; numeric does not.
           round(1e4::float8 * sum(correct) / nullif(sum(submits), 0)) / 100 AS success_percent,
           round(1e4::float8 * count(*) FILTER (WHERE solved_at = first_submit_at)
                 / nullif(count(first_submit_at), 0)) / 100                 AS first_try_percent,
           count(solved_at)                                                 AS solvers,
           round(1e4::float8 * count(solved_at) / count(*)) / 100           AS solved_percent,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY attempts_to_success) AS median_attempts
    FROM student_tasks
    GROUP BY task_id
) AS figures
JOIN etl_tasks ON id = task_id;
