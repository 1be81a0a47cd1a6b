-- The planner's estimate, since counting reads the whole table; -1 stands for "never counted".
SELECT current_setting('server_version'),
       coalesce((SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass('attempts')), 0);
