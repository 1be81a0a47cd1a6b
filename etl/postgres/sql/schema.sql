-- name: tables
-- Each of our tables: whether it is missing, whether it hides rows.
--
-- Row-level security hides rows from this role, unless a policy shows all and none is restrictive. Of our
-- own tables rows are changed, too.
SELECT name,
       stored.oid IS NULL,
       row_security_active(stored.oid) AND (
           SELECT bool_and(polpermissive) AND bool_or(pg_get_expr(polqual, polrelid) = 'true')
           FROM pg_policy
           WHERE polrelid = stored.oid AND (polcmd = '*' OR polcmd = 'r' AND name = 'attempts')
             AND EXISTS (SELECT FROM unnest(polroles) AS role
                         WHERE role = 0 OR pg_has_role(role, 'USAGE'))
       ) IS NOT TRUE
FROM unnest(%(tables)s::text[]) WITH ORDINALITY AS given (name, place)
LEFT JOIN pg_class AS stored ON stored.oid = to_regclass(name)
ORDER BY place;

-- name: columns_of_attempts
-- The given columns that attempts has; one that cannot take in what the grader sends is named, and
-- so is one that must have a value and gets none: runs have no verdict.
SELECT attname, CASE
    WHEN attgenerated <> '' THEN concat(attname, ' is generated')
    WHEN must_be_filled AND (attname = 'is_correct' OR attname <> ALL(%(columns)s))
    THEN concat(attname, ' is NOT NULL, and nothing fills it')
    WHEN CASE attname WHEN 'is_correct' THEN typcategory <> 'B'
                      WHEN 'created_at' THEN format_type(coalesce(nullif(typbasetype, 0), atttypid), NULL)
                                             NOT LIKE 'timestamp%%'
                      ELSE typcategory <> 'S' END
         AND NOT ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = atttypid) @> '{run,submit}'
    THEN concat_ws(' is ', attname, format_type(atttypid, atttypmod)) END
FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid JOIN pg_class ON pg_class.oid = attrelid
CROSS JOIN LATERAL (SELECT attnotnull AND NOT relhastriggers AND NOT relhasrules) AS it (must_be_filled)
WHERE attrelid = to_regclass('attempts') AND attnum > 0 AND NOT attisdropped
  AND (attname = ANY(%(columns)s)
       OR must_be_filled AND NOT atthasdef AND attidentity = '' AND typdefault IS NULL)
ORDER BY attnum;

-- name: missing_rights
-- Rights that a run needs and this role lacks, each with the statement that grants it. The right is
-- NULL for a table that its owner has yet to create. A right on some columns is taken for enough.
WITH named AS (
    SELECT name, to_regclass(name) AS stored FROM unnest(%(tables)s::text[]) AS name
), lacking AS (
    SELECT name, stored, string_agg(privilege, ', ') AS privileges
    FROM named CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
    WHERE CASE privilege
        WHEN 'DELETE' THEN name IN ('rejected_attempts', 'etl_student_task_days', 'etl_hours',
                                    'etl_task_texts')
                           AND has_table_privilege(stored, privilege) IS NOT TRUE
        WHEN 'UPDATE' THEN name IN ('etl_runs', 'etl_slices', 'rejected_attempts',
                                    'etl_student_task_days', 'etl_summaries', 'etl_tasks')
                           AND has_any_column_privilege(stored, privilege) IS NOT TRUE
        ELSE has_any_column_privilege(stored, privilege) IS NOT TRUE
    END
    GROUP BY name, stored
), sequences AS (
    -- SERIAL draws from a sequence with rights of its own (deptype a); an identity column's has none.
    SELECT stored, quote_ident(name || '_id_seq') AS name FROM named
    WHERE stored IS NULL AND name = ANY(%(with_sequence)s::text[])
    UNION ALL
    SELECT stored, objid::regclass::text
    FROM named
    JOIN pg_depend ON refobjid = stored AND classid = 'pg_class'::regclass AND deptype = 'a'
    JOIN pg_class ON pg_class.oid = objid
    -- CASE, since only it keeps an order (PostgreSQL 4.2.14): asked about a table, the function fails.
    WHERE CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(objid, 'USAGE, UPDATE') END
)
SELECT CASE WHEN stored IS NOT NULL THEN privileges || ' ON ' || name END,
       format('GRANT %%s ON %%I TO %%I;', privileges, name, current_user)
FROM lacking
UNION ALL
SELECT CASE WHEN stored IS NOT NULL THEN 'USAGE ON SEQUENCE ' || name END,
       format('GRANT USAGE ON SEQUENCE %%s TO %%I;', name, current_user)
FROM sequences
UNION ALL
SELECT 'TEMPORARY ON DATABASE',
       format('GRANT TEMPORARY ON DATABASE %%I TO %%I;', current_database(), current_user)
WHERE NOT has_database_privilege(current_database(), 'TEMPORARY');

-- name: missing_columns
-- The given columns that our tables lack: table, statement to add it, whether this role may run it.
SELECT name, format('ALTER TABLE %%I ADD COLUMN %%I %%s;', name, wanted, type),
       pg_has_role(relowner, 'USAGE')
FROM unnest(%(tables)s::text[], %(columns)s::text[], %(types)s::text[]) AS given (name, wanted, type)
JOIN pg_class ON pg_class.oid = to_regclass(name)
WHERE NOT EXISTS (SELECT FROM pg_attribute
                  WHERE attrelid = pg_class.oid AND attname = wanted AND NOT attisdropped);

-- name: note_schema_version
-- Before anything is counted, the row has an empty time zone and an empty definition.
INSERT INTO etl_summaries (time_zone, definition, schema_version) VALUES ('', '', %(version)s)
ON CONFLICT (is_only) DO UPDATE SET schema_version = excluded.schema_version
WHERE etl_summaries.schema_version <> excluded.schema_version;

-- name: index_is_wanted
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

-- name: views_stored
-- Tables and views that have the names of our views; for a view its comment, else ''.
SELECT name, coalesce(CASE relkind WHEN 'v' THEN obj_description(pg_class.oid, 'pg_class') END, '')
FROM unnest(%(names)s::text[]) AS name
JOIN pg_class ON pg_class.oid = to_regclass(name);

-- name: comments_to_write
-- COMMENT ON for each of these texts; column '' is the table or view itself. Existing comments on
-- tables stay, and tables of other roles are left out, since only the owner may comment.
SELECT format(CASE WHEN attname IS NULL THEN 'COMMENT ON %%1$s %%2$I IS %%4$L'
                   ELSE 'COMMENT ON COLUMN %%2$I.%%3$I IS %%4$L' END,
              CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, name, attname, text)
FROM unnest(%(names)s::text[], %(columns)s::text[], %(texts)s::text[]) AS given (name, wanted, text)
JOIN pg_class AS own ON own.oid = to_regclass(name)
LEFT JOIN pg_attribute ON attrelid = own.oid AND attname = wanted AND attnum > 0 AND NOT attisdropped
WHERE strpos(%(kinds)s, relkind::text) > 0 AND pg_has_role(relowner, 'USAGE')
  AND (attname IS NOT NULL OR wanted = '')
  AND (relkind = 'v' OR col_description(own.oid, coalesce(attnum, 0)) IS NULL);

-- name: names_of_task
coalesce(course_name, course) AS course_name, coalesce(task_name, task) AS task_name

-- name: overdue_tables
-- Our tables and partitions that are due by autovacuum's default thresholds (PostgreSQL 24.1.6).
SELECT relid::regclass::text
FROM pg_stat_user_tables
WHERE relid IN (SELECT to_regclass(name) FROM unnest(%(tables)s::text[]) AS name
                UNION ALL
                SELECT relid FROM pg_partition_tree(to_regclass('attempts')))
  AND (n_mod_since_analyze > 50 + 0.1 * n_live_tup
       OR n_ins_since_vacuum > 1000 + 0.2 * n_live_tup
       OR n_dead_tup > 50 + 0.2 * n_live_tup)
ORDER BY relname;
