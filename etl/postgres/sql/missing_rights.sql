-- What a run needs to do and this role may not, each with the statement that grants it; without
-- words for a table that its owner has yet to create. A right on some columns is taken for
-- enough.
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
