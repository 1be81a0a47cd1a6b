-- What the first run would miss, in words; NULL when nothing.
SELECT current_setting('server_version'),
       coalesce((SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass('attempts')), 0),
       CASE
           WHEN cardinality(%(missing)s::text[]) > 0
                AND NOT has_schema_privilege(current_schema(), 'CREATE')
               THEN 'no right to create tables in schema ' || current_schema()
           WHEN EXISTS (
               SELECT FROM unnest(ARRAY['attempts', 'etl_runs', 'etl_slices', 'rejected_attempts']) AS name
               WHERE to_regclass(name) IS NOT NULL
                 AND NOT (has_table_privilege(to_regclass(name), 'SELECT')
                          AND has_table_privilege(to_regclass(name), 'INSERT')
                          AND (name = 'attempts' OR has_table_privilege(to_regclass(name), 'UPDATE')))
           )
               THEN 'no right to read and fill the tables'
       END;
