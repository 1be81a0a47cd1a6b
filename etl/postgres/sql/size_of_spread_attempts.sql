SELECT coalesce(sum(result::float8), 0)::bigint
FROM run_command_on_shards('attempts', $$
    SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = '%s'::regclass
$$)
WHERE success;
