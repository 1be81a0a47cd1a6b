-- name: insert_rejected
-- What is in the quarantine already stays as it is, and burns no ids.
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
-- What a replay looks at again, oldest first; not what a secret has been taken out of, since it is
-- no longer what the grader sent.
SELECT id, record FROM rejected_attempts
WHERE resolved_at IS NULL AND strpos(record, '***') = 0
ORDER BY id;

-- name: rejected_that_may_name
-- With a backslash JSON, and with a percent sign an address, can write any text in another way.
SELECT id, record FROM rejected_attempts
WHERE strpos(record, %(student)s) > 0 OR strpos(record, chr(92)) > 0
   OR strpos(record, chr(37)) > 0;

-- name: delete_old_rejected
-- Old by the server's clock, as rejected_at is. What somebody has under their hands stays until the
-- next run, rather than hold this one up.
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
