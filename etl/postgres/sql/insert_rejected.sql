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
