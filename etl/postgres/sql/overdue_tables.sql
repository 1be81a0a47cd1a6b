-- Our tables, and partitions of attempts, that autovacuum would have come to by now, by its own
-- default thresholds (PostgreSQL 24.1.6).
SELECT relid::regclass::text
FROM pg_stat_user_tables
WHERE relid IN (SELECT to_regclass(name) FROM unnest(%(tables)s::text[]) AS name
                UNION ALL
                SELECT relid FROM pg_partition_tree(to_regclass('attempts')))
  AND (n_mod_since_analyze > 50 + 0.1 * n_live_tup
       OR n_ins_since_vacuum > 1000 + 0.2 * n_live_tup
       OR n_dead_tup > 50 + 0.2 * n_live_tup)
ORDER BY relname;
