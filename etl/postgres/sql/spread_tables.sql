-- Our tables that Citus has spread over its workers, and by which column; NULL: a copy on each.
SELECT name, column_to_column_name(logicalrelid, partkey)
FROM unnest(%(tables)s::text[]) AS name
JOIN pg_dist_partition ON logicalrelid = to_regclass(name)
WHERE partmethod = 'h' OR repmodel = 't';
