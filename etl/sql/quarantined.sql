-- What a replay looks at again, oldest first.
SELECT id, record FROM rejected_attempts WHERE resolved_at IS NULL ORDER BY id;
