SELECT user_id::text, lis_result_sourcedid, is_correct, attempt_type, created_at::timestamp
FROM attempts
WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
  AND user_id IS NOT NULL AND attempt_type IN ('run', 'submit');
