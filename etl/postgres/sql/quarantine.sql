-- name: insert_rejected
-- A record that is in the quarantine already stays as it is, and uses up no id.
INSERT INTO rejected_attempts (run_id, reason, record, detail)
SELECT %(run_id)s, new.reason, new.record, new.detail
FROM (
    SELECT DISTINCT ON (record) reason, record, detail, position
    FROM unnest(%(reasons)s::text[], %(records)s::text[], %(details)s::text[])
         WITH ORDINALITY AS given (reason, record, detail, position)
    ORDER BY record, position
) AS new
WHERE NOT EXISTS (
    SELECT FROM rejected_attempts AS stored
    WHERE md5(stored.record) = md5(new.record)
)
ORDER BY new.position;

-- name: quarantined
-- Records for a replay, oldest first; without those from which a secret was removed, since they are
-- no longer as the grader sent them.
SELECT id, record FROM rejected_attempts
WHERE resolved_at IS NULL AND strpos(record, '***') = 0
ORDER BY id;

-- name: delete_old_rejected
-- Age by the server's clock, as in rejected_at. Rows that somebody has locked are left to the next
-- run, so that this one does not wait.
WITH deleted AS (
    DELETE FROM rejected_attempts
    WHERE id IN (
        SELECT id FROM rejected_attempts
        WHERE rejected_at < now() - make_interval(days => %(days)s)
        FOR UPDATE SKIP LOCKED
    )
    RETURNING resolved_at
)
SELECT count(*), count(*) FILTER (WHERE resolved_at IS NULL) FROM deleted;
