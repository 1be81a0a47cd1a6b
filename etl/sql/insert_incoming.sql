-- Known attempts are left out before they reach the sequence, so a re-run burns no ids. Of records
-- with one key the first counts. No ON CONFLICT: the lock keeps other runs away, and a rule of the
-- table that refuses a row must be heard.
INSERT INTO attempts (user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
                      is_correct, attempt_type, created_at)
SELECT user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
       is_correct, attempt_type, created_at
FROM (
    SELECT DISTINCT ON (user_id, attempt_type, created_at) *
    FROM incoming
    ORDER BY user_id, attempt_type, created_at, position
) AS first
WHERE NOT EXISTS (
    SELECT FROM attempts AS stored
    WHERE stored.user_id = first.user_id
      AND stored.attempt_type = first.attempt_type
      AND stored.created_at = first.created_at
)
ORDER BY position;
