SELECT reason, count(*), count(*) FILTER (WHERE resolved_at IS NULL)
FROM rejected_attempts
GROUP BY reason
ORDER BY count(*) DESC, reason;
