-- Returns their moments, and NULL for those that no summary counts. The first condition finds them by
-- the index; a collation of the table's owner may take other ids for the same one.
DELETE FROM attempts
WHERE user_id = %(student)s AND user_id::text COLLATE "C" = %(student)s
RETURNING CASE WHEN created_at >= '1900-01-01' AND created_at < '9999-01-01' THEN created_at::timestamp END;
