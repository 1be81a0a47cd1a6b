-- The planner's estimate, since counting reads the whole table; -1 stands for "never counted". A
-- partitioned table has none of its own.
SELECT current_setting('server_version'), coalesce(sum(greatest(reltuples, 0)), 0)::bigint
FROM pg_class
WHERE oid = to_regclass('attempts') AND relkind <> 'p'
   OR oid IN (SELECT relid FROM pg_partition_tree(to_regclass('attempts')) WHERE isleaf);
