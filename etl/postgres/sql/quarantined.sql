-- What a replay looks at again, oldest first; not what a secret has been taken out of, since it is
-- no longer what the grader sent.
SELECT id, record FROM rejected_attempts
WHERE resolved_at IS NULL AND strpos(record, '***') = 0
ORDER BY id;
