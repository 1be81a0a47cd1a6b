-- Comments of tables or of views and, by name, of their columns; '' stands for the table or view itself.
-- Only the owner may change them, so what another role owns is left out.
SELECT name, part.attname, col_description(own.oid, part.attnum)
FROM unnest(%(names)s::text[]) AS name
JOIN pg_class AS own ON own.oid = to_regclass(name)
CROSS JOIN LATERAL (
    SELECT 0 AS attnum, '' AS attname
    UNION ALL
    SELECT attnum, attname::text FROM pg_attribute
    WHERE attrelid = own.oid AND attnum > 0 AND NOT attisdropped
) AS part
WHERE relkind = ANY (CASE %(kind)s WHEN 'TABLE' THEN '{r,p}'::"char"[] ELSE '{v}' END)
  AND pg_has_role(relowner, 'USAGE');
