-- COPY ignores rules, cannot obey row security and does not count what a trigger swallows, be it a
-- partition's; its binary form is that of the columns' types, and another type would take it for
-- something else; and where a stored attempt may have the key of a new one, keys must be compared. So
-- only an ordinary table, and no attempt of the window in it.
SELECT relkind IN ('r', 'p') AND NOT relrowsecurity AND NOT relhasrules
       AND NOT EXISTS (
           SELECT FROM pg_trigger
           WHERE NOT tgisinternal
             AND (tgrelid = own.oid OR tgrelid IN (SELECT relid FROM pg_partition_tree(own.oid)))
       )
       AND NOT EXISTS (
           SELECT FROM pg_attribute
           WHERE attrelid = own.oid AND attname = ANY(%(columns)s)
             AND format_type(atttypid, NULL) <> ALL (CASE attname
                 WHEN 'is_correct' THEN ARRAY['boolean']
                 WHEN 'created_at' THEN ARRAY['timestamp without time zone', 'timestamp with time zone']
                 ELSE ARRAY['character varying', 'text']
             END)
       )
       AND NOT EXISTS (
           SELECT 1 FROM attempts
           WHERE created_at >= %(window_start)s AND created_at < %(window_end)s
       )
FROM pg_class AS own
WHERE oid = to_regclass('attempts');
