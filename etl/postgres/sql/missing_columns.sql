-- Those of the given columns that tables of ours lack, with the statement that adds each, and
-- whether this role may run it.
SELECT name, format('ALTER TABLE %%I ADD COLUMN %%I %%s;', name, wanted, type),
       pg_has_role(relowner, 'USAGE')
FROM unnest(%(tables)s::text[], %(columns)s::text[], %(types)s::text[]) AS given (name, wanted, type)
JOIN pg_class ON pg_class.oid = to_regclass(name)
WHERE NOT EXISTS (SELECT FROM pg_attribute
                  WHERE attrelid = pg_class.oid AND attname = wanted AND NOT attisdropped);
