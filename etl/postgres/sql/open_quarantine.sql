SELECT reason, count(*) FROM rejected_attempts
WHERE resolved_at IS NULL
GROUP BY reason
ORDER BY count(*) DESC, reason;
