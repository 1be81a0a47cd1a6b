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
