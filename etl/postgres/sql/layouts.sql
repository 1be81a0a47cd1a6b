-- name: partition_spans
-- The spans of time of the partitions of attempts, ascending; NULL unless it is partitioned by time
-- alone. The default partition, without bounds, takes any moment.
SELECT CASE WHEN pg_get_partkeydef(to_regclass('attempts')) = 'RANGE (created_at)' THEN ARRAY(
           SELECT ARRAY[
               coalesce((regexp_match(bounds, 'FROM [(]''([0-9][^'']*)'))[1]::timestamp, '0001-01-01'),
               coalesce((regexp_match(bounds, 'TO [(]''([0-9][^'']*)'))[1]::timestamp, '9999-12-31')
           ]
           FROM pg_inherits
           JOIN pg_class AS part ON part.oid = inhrelid
           CROSS JOIN LATERAL pg_get_expr(relpartbound, part.oid) AS bounds
           WHERE inhparent = to_regclass('attempts')
           ORDER BY 1
       ) END;

-- name: partition_statements
-- Statements that give attempts partitions of these names; a detached table is attached again.
SELECT format(
           CASE WHEN to_regclass(quote_ident(name)) IS NULL
                THEN 'CREATE TABLE %%1$I PARTITION OF attempts FOR VALUES FROM (%%2$L) TO (%%3$L);'
                ELSE 'ALTER TABLE attempts ATTACH PARTITION %%1$I FOR VALUES FROM (%%2$L) TO (%%3$L);'
           END, name, span_start, span_end)
FROM unnest(%(names)s::text[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     WITH ORDINALITY AS given (name, span_start, span_end, position)
ORDER BY position;

-- name: spread_tables
-- Our tables that Citus has spread over its workers, each with its column; NULL: a copy on each.
SELECT name, column_to_column_name(logicalrelid, partkey)
FROM unnest(%(tables)s::text[]) AS name
JOIN pg_dist_partition ON logicalrelid = to_regclass(name)
WHERE partmethod = 'h' OR repmodel = 't';

-- name: prepared_on_workers
-- Each worker: whether it answers; the transactions of this database that Citus has prepared there.
SELECT nodename || ':' || nodeport, success, result
FROM run_command_on_workers($$
    SELECT coalesce(string_agg(gid, ' '), '') FROM pg_prepared_xacts
    WHERE database = current_database() AND gid LIKE 'citus%'
$$);

-- name: distribute
-- Spreads the tables of a Citus coordinator over its workers. Citus would make the views anew without
-- their comments and rights; the next run makes them. Its notices advise what would undo this.
SET client_min_messages = warning;
DROP VIEW IF EXISTS {views};
ALTER TABLE attempts DROP CONSTRAINT attempts_pkey, ADD PRIMARY KEY (created_at, id, user_id);
SELECT create_distributed_table('attempts', 'user_id');
SELECT create_reference_table('etl_tasks');
SELECT create_reference_table('etl_task_texts');
SELECT create_distributed_table('etl_student_task_days', 'user_id', colocate_with => 'attempts');

-- name: redistribute
-- For a table distributed by another column; the last statement fails if duplicates have come in.
SET client_min_messages = warning;
DROP VIEW IF EXISTS {views};
ALTER TABLE attempts DROP CONSTRAINT attempts_pkey;
SELECT alter_distributed_table('attempts', distribution_column => 'user_id');
ALTER TABLE attempts ADD PRIMARY KEY (created_at, id, user_id);
ALTER TABLE attempts ADD CONSTRAINT unique_attempt UNIQUE (user_id, attempt_type, created_at);
