-- Whether attempts has no index by its time and this role may make one. Only the owner may, with
-- the right to create in the schema; without the index the figures are right, but slow.
SELECT pg_has_role(relowner, 'USAGE')
       AND has_schema_privilege(relnamespace, 'CREATE')
       AND relkind IN ('r', 'p')
       AND NOT EXISTS (
           SELECT FROM pg_index
           JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
           WHERE indrelid = attempts.oid AND attname = 'created_at' AND indpred IS NULL AND indisvalid
       )
FROM pg_class AS attempts
WHERE oid = to_regclass('attempts');
