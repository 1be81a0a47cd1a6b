-- A part's own window: the planner, who may know nothing of a new table, then looks at little of it.
SELECT min(created_at) AS window_start, max(created_at) + interval '1 microsecond' AS window_end
FROM pg_temp.incoming
WHERE position BETWEEN %(first)s AND %(last)s;
