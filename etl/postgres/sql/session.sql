-- name: settings
-- Roles and databases may set others. One session works alone: with this memory a staged week and
-- its comparison need no files. Beside millions of attempts JIT would take longer than a statement
-- does. The session with the lock must outlive the grader's pauses (servers before 14 and 17 lack
-- these two timeouts), a COMMIT must be on disk, and tables need a schema in the search path.
SET TIME ZONE 'UTC';
SET work_mem = '64MB';
SET temp_buffers = '64MB';
SET jit = off;
SET lock_timeout = %(lock_timeout)s;
SET statement_timeout = '30min';
SET idle_in_transaction_session_timeout = '10min';
SET default_transaction_isolation = 'read committed';
SELECT set_config(name, '0', false) FROM pg_settings
WHERE name IN ('idle_session_timeout', 'transaction_timeout');
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') = 'off';
SELECT set_config('search_path', 'public', false)
WHERE coalesce(current_schema(), 'pg_catalog') = 'pg_catalog';

-- name: pid_and_start
-- In numbers, since the style of a moment is a setting. After SET ROLE the start may be NULL.
pg_catalog.concat(pid, ' ', (1e6 OPERATOR(pg_catalog.*) extract(epoch FROM backend_start))::bigint)

-- name: backend
SELECT {pid_and_start}
FROM pg_stat_activity
WHERE pid = pg_backend_pid();

-- name: strangers
-- What bears a name of ours, or of a function or operator of PostgreSQL, and the stranger who owns it.
--
-- What a table's triggers do, they do as the role that writes to it; and what stands in our schema takes
-- the place of PostgreSQL's if its arguments fit better, here as well but for schemas and casts. Trusted
-- are we, the database's owner and administrators (a managed server has no superusers), and in somebody
-- else's database the owner of attempts, who may have triggers.
WITH named (name, schema, owner) AS NOT MATERIALIZED (
    SELECT proname, pronamespace, proowner FROM pg_proc
    UNION ALL SELECT oprname, oprnamespace, oprowner FROM pg_operator
), laid (name, owner) AS (
    SELECT relname, relowner FROM pg_class
    WHERE pg_table_is_visible(oid) AND relname = ANY(%(tables)s::name[])
    UNION ALL
    SELECT name, owner FROM named JOIN pg_namespace ON oid = schema
    WHERE nspname = ANY(current_schemas(false))
      AND name IN (SELECT name FROM named JOIN pg_namespace ON oid = schema WHERE nspname = 'pg_catalog')
)
SELECT DISTINCT name, owner.rolname
FROM laid JOIN pg_roles AS owner ON owner.oid = laid.owner
JOIN pg_roles AS own ON own.rolname = current_user
JOIN pg_database ON datname = current_database()
WHERE owner.oid NOT IN (own.oid, datdba) AND NOT owner.rolsuper AND NOT owner.rolcreaterole
  AND (own.rolsuper OR NOT pg_has_role(owner.oid, 'USAGE'::text))  -- a superuser has every role
  AND (own.oid = datdba AND NOT own.rolsuper
       OR owner.oid IS DISTINCT FROM (SELECT relowner FROM pg_class
                                      WHERE oid = to_regclass('attempts')::oid))
ORDER BY name;

-- name: end_lost_backend
-- Ends the backend of a lost connection, which would keep the lock for hours without noticing.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE {pid_and_start} = %(backend)s AND backend_start IS NOT NULL;

-- name: lock_of_runs
-- The backend that holds the lock, by the key as pg_locks has it (PostgreSQL 54.12).
SELECT FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (classid::bigint << 32 | objid::bigint) = %(key)s;

-- name: holds_lock
-- Whether the backend that answers holds the lock.
SELECT EXISTS ({lock_of_runs} AND pid = pg_backend_pid());

-- name: take_lock
-- NULL if this backend holds the lock already: it is not ours alone, and would get it once more.
SELECT CASE WHEN NOT ({holds_lock}) THEN pg_try_advisory_lock(%(key)s) END;

-- name: holders
-- Role and pid of each session with the lock: sessions that are no runs may share it.
SELECT coalesce(string_agg(concat_ws(', ', usename, 'pid ' || pid), '; '), 'a session that has ended')
FROM pg_stat_activity AS other
WHERE EXISTS ({lock_of_runs} AND pg_locks.pid = other.pid);
