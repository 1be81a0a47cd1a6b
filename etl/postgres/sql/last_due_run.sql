-- When the last run began that no days were named for: what cron starts. Older tables have no
-- commands.
SELECT max(started_at) FROM etl_runs AS runs
WHERE coalesce(to_jsonb(runs) ->> 'command', 'run') IN ('run', 'run --no-letter');
