-- name: stage
-- Table of a slice's valid records, in the grader's order, until the transaction's end. The columns
-- of the key have the types of those in `attempts`, so that a key is compared as the table keeps it:
-- moments with its precision, ids perhaps without regard to case. Statements name it with its
-- schema: a search_path may put a table of that name before it.
CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS
SELECT 0                 AS position,
       user_id,
       NULL::text        AS oauth_consumer_key,
       NULL::text        AS lis_result_sourcedid,
       NULL::text        AS lis_outcome_service_url,
       NULL::boolean     AS is_correct,
       attempt_type,
       created_at
FROM attempts
WITH NO DATA;

-- name: may_copy_straight
-- Rows may be copied straight only into an ordinary table without an attempt in the window. COPY
-- ignores rules, cannot obey row security and does not count rows that a trigger swallows, be it a
-- partition's; and where a stored attempt may have the key of a new one, or moments may coincide
-- once they are rounded, keys must be compared.
SELECT relkind IN ('r', 'p') AND NOT relrowsecurity AND NOT relhasrules
       AND NOT EXISTS (
           SELECT FROM pg_trigger
           WHERE NOT tgisinternal
             AND (tgrelid = own.oid OR tgrelid IN (SELECT relid FROM pg_partition_tree(own.oid)))
       )
       AND (SELECT format_type(atttypid, atttypmod) LIKE 'timestamp with%%'
            FROM pg_attribute WHERE attrelid = own.oid AND attname = 'created_at')
       AND NOT EXISTS (
           SELECT 1 FROM attempts
           WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
       )
FROM pg_class AS own
WHERE oid = to_regclass('attempts');

-- name: count_by_day
SELECT width_bucket(created_at::timestamp, %(starts)s::timestamp[]) - 1 AS place, count(*)
FROM attempts
WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
GROUP BY place;

-- name: bounds
-- Limits of the stored attempts among which staged records may be, so that the planner, which may
-- know nothing of a new table, reads little of it; the students only where they are few.
SELECT min(created_at) AS window_start, max(created_at) + interval '1 microsecond' AS window_end,
       CASE WHEN count(*) <= 5000 THEN (
           SELECT array_agg(DISTINCT user_id::text)::text FROM pg_temp.incoming
           WHERE position BETWEEN %(first)s AND %(last)s
       ) END AS students
FROM pg_temp.incoming
WHERE position BETWEEN %(first)s AND %(last)s;

-- name: where_stored
-- Condition for stored attempts that staged records may be. The subquery with it has a name, so
-- that a cluster computes it on its workers, which do not see staged records, and a single server
-- plans it together with the rest. The students' array gets the type of the column.
created_at >= %(window_start)s AND created_at < %(window_end)s
    AND (%(students)s::text IS NULL OR user_id = ANY(%(students)s));

-- name: compare
-- Positions of staged records that are not stored with their content, by whether their key is.
WITH stored AS NOT MATERIALIZED (
    SELECT user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url, is_correct,
           attempt_type, created_at
    FROM attempts
    WHERE {where_stored}
)
SELECT stored.user_id IS NOT NULL AS is_stored, array_agg(position)
FROM pg_temp.incoming
LEFT JOIN stored USING (user_id, attempt_type, created_at)
WHERE NOT EXISTS (
    SELECT FROM stored AS same
    WHERE same.user_id = incoming.user_id
      AND same.attempt_type = incoming.attempt_type
      AND same.created_at = incoming.created_at
      AND (same.oauth_consumer_key, same.lis_result_sourcedid,
           same.lis_outcome_service_url, same.is_correct)
          IS NOT DISTINCT FROM
          (incoming.oauth_consumer_key, incoming.lis_result_sourcedid,
           incoming.lis_outcome_service_url, incoming.is_correct)
)
GROUP BY is_stored;

-- name: insert
-- Stored attempts are left out before they reach the sequence, so a re-run burns no ids. Of records
-- with one key the first counts. No ON CONFLICT: the lock keeps other runs away, and the error of a
-- rule that refuses a row must be raised.
INSERT INTO attempts (user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
                      is_correct, attempt_type, created_at)
WITH stored AS (
    SELECT user_id, attempt_type, created_at FROM attempts WHERE {where_stored}
)
SELECT user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
       is_correct, attempt_type, created_at
FROM pg_temp.incoming
WHERE position IN (
    SELECT min(position)
    FROM pg_temp.incoming
    WHERE position BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
        SELECT FROM stored
        WHERE stored.user_id = incoming.user_id
          AND stored.attempt_type = incoming.attempt_type
          AND stored.created_at = incoming.created_at
    )
    GROUP BY user_id, attempt_type, created_at
)
ORDER BY position;

-- name: first_of_each_key
-- Positions of the first staged record of each key, by the place of its day.
SELECT place, array_agg(position)
FROM (
    SELECT width_bucket(created_at::timestamp, %(starts)s::timestamp[]) - 1 AS place,
           min(position) AS position
    FROM pg_temp.incoming
    GROUP BY user_id, attempt_type, created_at
) AS firsts
GROUP BY place;

-- name: resolve_rejected
UPDATE rejected_attempts SET resolved_at = clock_timestamp() WHERE id = ANY(%(ids)s);
