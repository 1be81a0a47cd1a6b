-- The planner's estimate, since counting reads the whole table; none where a table with rows was
-- never analyzed (-1, before PostgreSQL 14 it is 0). A partitioned table has none of its own.
SELECT
    current_setting('server_version'),
    CASE
        WHEN bool_or(reltuples <= 0 AND relpages = 0 AND pg_relation_size(oid) > 0) THEN NULL
        ELSE coalesce(sum(greatest(reltuples, 0)), 0)::bigint
    END
FROM pg_class
WHERE oid = to_regclass('attempts') AND relkind <> 'p'
   OR oid IN (SELECT relid FROM pg_partition_tree(to_regclass('attempts')) WHERE isleaf);
