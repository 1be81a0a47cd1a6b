-- What is in the quarantine already stays as it is, and burns no ids.
INSERT INTO rejected_attempts (run_id, reason, record)
SELECT %(run_id)s, new.reason, new.record
FROM (
    SELECT DISTINCT ON (record) reason, record, position
    FROM unnest(%(reasons)s::text[], %(records)s::text[]) WITH ORDINALITY AS given (reason, record, position)
    ORDER BY record, position
) AS new
WHERE NOT EXISTS (
    SELECT FROM rejected_attempts AS stored
    WHERE md5(stored.record) = md5(new.record)
)
ORDER BY new.position;
