-- The backend of a connection that only its client knows to be lost would keep the lock for hours.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE pid = %(pid)s AND extract(epoch FROM backend_start)::float8 = %(start)s;
