-- Known attempts are left out before they reach the sequence, so a re-run burns no ids. Of records
-- with one key the first counts. No ON CONFLICT: the lock keeps other runs away, and a rule of the
-- table that refuses a row must be heard.
INSERT INTO attempts (user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
                      is_correct, attempt_type, created_at)
WITH stored AS (
    SELECT user_id, attempt_type, created_at FROM attempts WHERE {where_staged_may_be}
)
SELECT user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
       is_correct, attempt_type, created_at
FROM (
    SELECT DISTINCT ON (user_id, attempt_type, created_at) *
    FROM pg_temp.incoming
    WHERE {wanted} AND NOT EXISTS (
        SELECT FROM stored
        WHERE stored.user_id = incoming.user_id
          AND stored.attempt_type = incoming.attempt_type
          AND stored.created_at = incoming.created_at
    )
    ORDER BY user_id, attempt_type, created_at, position
) AS first
ORDER BY position;
