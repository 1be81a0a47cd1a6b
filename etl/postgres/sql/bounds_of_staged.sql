-- Where some staged records may be stored: the planner, who may know nothing of a new table, then looks
-- at little of it. The students only where they are few.
SELECT min(created_at) AS window_start, max(created_at) + interval '1 microsecond' AS window_end,
       CASE WHEN count(*) <= 5000
            THEN (SELECT array_agg(DISTINCT user_id) FROM pg_temp.incoming WHERE {wanted}) END AS students
FROM pg_temp.incoming
WHERE {wanted};
