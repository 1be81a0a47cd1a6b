-- A row for each task that was tried. Order it by success_percent for the hardest first.
SELECT course, task,
       sum(attempts)::bigint                                                        AS attempts,
       count(*)                                                                     AS students,
       sum(runs)::bigint                                                            AS runs,
       sum(submits)::bigint                                                         AS submits,
       sum(correct)::bigint                                                         AS correct,
       -- In float8, which rounds halves to even as the sheet's figures are; numeric does not.
       round(1e4::float8 * sum(correct) / nullif(sum(submits), 0)) / 100            AS success_percent,
       round(1e4::float8 * count(*) FILTER (WHERE solved_at = first_submit_at)
             / nullif(count(first_submit_at), 0)) / 100                             AS first_try_percent,
       count(solved_at)                                                             AS solvers,
       round(1e4::float8 * count(solved_at) / count(*)) / 100                       AS solved_percent,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY attempts_to_success)             AS median_attempts
FROM student_tasks
GROUP BY course, task;
