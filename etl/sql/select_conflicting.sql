-- Records whose key is stored with other content; the stored one stays.
SELECT incoming.position
FROM incoming
JOIN attempts AS stored USING (user_id, attempt_type, created_at)
WHERE (incoming.oauth_consumer_key, incoming.lis_result_sourcedid,
       incoming.lis_outcome_service_url, incoming.is_correct)
      IS DISTINCT FROM
      (stored.oauth_consumer_key, stored.lis_result_sourcedid,
       stored.lis_outcome_service_url, stored.is_correct)
ORDER BY incoming.position;
