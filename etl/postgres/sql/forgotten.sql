-- name: of_student
-- The first condition is for the index, the second is exact: a collation of the table's owner may
-- take two ids for the same.
user_id = %(student)s AND user_id::text COLLATE "C" = %(student)s

-- name: delete_attempts
-- Returns the moment of each attempt, NULL if no summary counts it.
DELETE FROM attempts
WHERE {of_student}
RETURNING CASE WHEN created_at >= '1900-01-01' AND created_at < '9999-01-01'
               THEN created_at::timestamp END;

-- name: attempts_left
SELECT count(*) FROM attempts WHERE {of_student};

-- name: used_task_texts
SELECT DISTINCT text
FROM (SELECT {summaries.task_text} AS text FROM attempts) AS used
JOIN etl_task_texts USING (text)
WHERE task_id = ANY(%(task_ids)s);
