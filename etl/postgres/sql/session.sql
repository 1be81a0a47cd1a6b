-- name: settings
-- One session works alone: with this memory a staged week and its comparison stay out of files. Beside
-- millions of attempts JIT would compile a statement for longer than it runs. Roles and databases may
-- have settings of their own. The lock needs a session that outlives the grader's thinking (servers
-- before 14 and 17 do not know these two); what is said to be stored must be; and without a schema for
-- tables nothing would be found.
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
-- In numbers, since the style of a moment is a setting. A role that works as another one sees no start.
concat(pid, ' ', (1e6 * extract(epoch FROM backend_start))::bigint)

-- name: backend
SELECT {pid_and_start}
FROM pg_stat_activity
WHERE pid = pg_backend_pid();

-- name: end_lost_backend
-- The backend of a connection that only its client knows to be lost would keep the lock for hours.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE {pid_and_start} = %(backend)s AND backend_start IS NOT NULL;

-- name: lock_of_runs
-- Its key as pg_locks has it (PostgreSQL 54.12).
SELECT FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (classid::bigint << 32 | objid::bigint) = %(key)s;

-- name: holds_lock
-- Whether the backend that answers has it.
SELECT EXISTS ({lock_of_runs} AND pid = pg_backend_pid());

-- name: take_lock
-- NULL: the backend that answers holds the lock already, so it is not ours alone, and would get it
-- once more.
SELECT CASE WHEN NOT ({holds_lock}) THEN pg_try_advisory_lock(%(key)s) END;
