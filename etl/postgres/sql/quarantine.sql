-- name: insert_rejected
-- A record that is in the quarantine already stays as it is, and uses up no id; one that is NULL is
-- only counted. Returns how many of the others are not kept as they came, and the bytes left after
-- them. The bytes of all stored records are asked for once a transaction; no text is read for them.
WITH room AS (
    SELECT coalesce(%(bytes_left)s, (
        SELECT least(%(all_bytes)s - coalesce(sum(bytes), 0),
                     %(run_bytes)s - coalesce(sum(bytes) FILTER (WHERE run_id = %(run_id)s), 0))
        FROM (SELECT run_id, octet_length(record) AS bytes FROM rejected_attempts) AS stored
    )) AS bytes_left
), new AS (
    SELECT given.*, sum(octet_length(record)) OVER (ORDER BY position) AS bytes
    FROM (
        SELECT DISTINCT ON (digest) *
        FROM unnest(%(reasons)s::text[], %(records)s::text[], %(details)s::text[],
                    %(digests)s::text[])
             WITH ORDINALITY AS given (reason, record, detail, digest, position)
        ORDER BY digest, position
    ) AS given
    WHERE NOT EXISTS (SELECT FROM rejected_attempts AS stored WHERE md5(stored.record) = digest)
), kept AS (
    INSERT INTO rejected_attempts (run_id, reason, record, detail)
    SELECT %(run_id)s, reason, record, detail
    FROM new, room
    WHERE bytes <= bytes_left
    ORDER BY position
    RETURNING record
)
SELECT (SELECT count(*) FROM new)
     - (SELECT count(*) FROM kept WHERE char_length(record) <= %(record_characters)s),
       bytes_left - (SELECT coalesce(max(bytes), 0) FROM new)
FROM room;

-- name: quarantined
-- Records for a replay, oldest first; without those that are cut, or from which a secret was removed,
-- since they are no longer as the grader sent them.
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
