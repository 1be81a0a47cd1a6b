SELECT coalesce(sum(result::float8), 0)::bigint
FROM run_command_on_shards('attempts', $$
    SELECT coalesce(sum(greatest(reltuples, 0)), 0)
    FROM pg_class
    WHERE oid = '%1$s'::regclass AND relkind <> 'p'
       OR oid IN (SELECT relid FROM pg_partition_tree('%1$s') WHERE isleaf)
$$)
WHERE success;
