-- The first moment (UTC) with an attempt, and the first day that is counted, from there on.
SELECT (SELECT min(created_at) FROM attempts
        WHERE created_at >= %(moment)s AND created_at < '9999-01-01'),
       (SELECT min(day) FROM (
            SELECT min(day) AS day FROM etl_student_task_days WHERE day >= %(day)s
            UNION ALL
            SELECT min(day) FROM etl_hours WHERE day >= %(day)s
        ) AS counted);
