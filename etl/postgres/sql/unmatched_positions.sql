-- Staged records that are not stored with their content: new ones, and once those are inserted, the
-- ones whose key is stored with another.
WITH stored AS (
    SELECT user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url, is_correct,
           attempt_type, created_at
    FROM attempts
    WHERE {where_staged_may_be}
)
SELECT position
FROM pg_temp.incoming
WHERE NOT EXISTS (
    SELECT FROM stored
    WHERE stored.user_id = incoming.user_id
      AND stored.attempt_type = incoming.attempt_type
      AND stored.created_at = incoming.created_at
      AND (stored.oauth_consumer_key, stored.lis_result_sourcedid,
           stored.lis_outcome_service_url, stored.is_correct)
          IS NOT DISTINCT FROM
          (incoming.oauth_consumer_key, incoming.lis_result_sourcedid,
           incoming.lis_outcome_service_url, incoming.is_correct)
);
