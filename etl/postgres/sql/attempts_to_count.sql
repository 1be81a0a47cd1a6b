-- As texts, since a fixed length fills up with blanks.
SELECT user_id::text, lis_result_sourcedid, is_correct, attempt_type::text,
       (date_part('epoch', created_at::timestamp) * 1000000)::bigint
FROM attempts
WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
  AND user_id IS NOT NULL AND attempt_type IN ('run', 'submit');
