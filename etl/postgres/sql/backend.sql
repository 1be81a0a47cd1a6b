-- Who answers. Numbers, since the style of a moment is a setting.
SELECT pid, extract(epoch FROM backend_start)::float8
FROM pg_stat_activity
WHERE pid = pg_backend_pid();
