UPDATE rejected_attempts SET resolved_at = clock_timestamp() WHERE id = ANY(%(ids)s);
