-- name: backend
-- Who answers. Numbers, since the style of a moment is a setting.
SELECT pid, extract(epoch FROM backend_start)::float8
FROM pg_stat_activity
WHERE pid = pg_backend_pid();

-- name: end_lost_backend
-- The backend of a connection that only its client knows to be lost would keep the lock for hours.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE pid = %(pid)s AND extract(epoch FROM backend_start)::float8 = %(start)s;

-- name: holds_lock
-- Whether the backend that answers holds the lock of runs: its key as pg_locks has it
-- (PostgreSQL 54.12).
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND pid = pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32 | objid::bigint) = %(key)s
);

-- name: take_lock
-- NULL: the backend that answers holds the lock already, so it is not ours alone, and would get it
-- once more.
SELECT CASE WHEN NOT ({holds_lock}) THEN pg_try_advisory_lock(%(key)s) END;
