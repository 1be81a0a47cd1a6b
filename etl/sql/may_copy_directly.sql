-- COPY ignores rules and cannot obey row security; and where a stored attempt may have the key of a
-- new one, keys must be compared.
SELECT relkind IN ('r', 'p') AND NOT relrowsecurity AND NOT relhasrules
       AND NOT EXISTS (
           SELECT FROM attempts
           WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
       )
FROM pg_class
WHERE oid = to_regclass('attempts');
