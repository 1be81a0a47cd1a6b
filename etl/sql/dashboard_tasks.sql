-- Each task over the last days, for several numbers of them. The first try is the first submit
-- within those days; attempts to success are runs and submits up to and with the first correct one.
, steps AS (
    SELECT days, course, task, user_id, attempt_type, created_at, is_success,
           min(created_at) FILTER (WHERE attempt_type = 'submit') OVER pair AS first_submit_at,
           min(created_at) FILTER (WHERE is_success) OVER pair              AS solved_at
    FROM unnest(%(spans)s::int[], %(starts)s::timestamp[]) AS spans (days, span_start)
    JOIN (
        SELECT *, attempt_type = 'submit' AND is_correct IS TRUE AS is_success FROM attempts
    ) AS attempts ON created_at >= span_start
    JOIN readings USING (user_id, lis_result_sourcedid)
    WINDOW pair AS (PARTITION BY days, course, task, user_id)
), students AS (
    SELECT days, course, task,
           count(*)                                                    AS attempts,
           count(*) FILTER (WHERE attempt_type = 'submit')             AS submits,
           count(*) FILTER (WHERE is_success)                          AS correct,
           solved_at IS NOT DISTINCT FROM first_submit_at              AS first_try,
           nullif(count(*) FILTER (WHERE created_at <= solved_at), 0)  AS steps
    FROM steps
    GROUP BY days, course, task, user_id, solved_at, first_submit_at
)
SELECT days, course, task, sum(attempts)::bigint, count(*),
       round(100.0 * count(*) FILTER (WHERE submits > 0 AND first_try)
             / nullif(count(*) FILTER (WHERE submits > 0), 0), 2)::float8,
       round(100.0 * sum(correct) / nullif(sum(submits), 0), 2)::float8,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY steps)
FROM students
GROUP BY days, course, task
ORDER BY days, course, task;
