-- What stands under the views' names, and whether this role may create views.
SELECT name, relkind, obj_description(pg_class.oid, 'pg_class'),
       has_schema_privilege(current_schema(), 'CREATE')
FROM unnest(%(names)s::text[]) AS name
LEFT JOIN pg_class ON pg_class.oid = to_regclass(name);
