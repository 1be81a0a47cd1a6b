-- How far loading came, when the first of all runs began, and when the last one before this run that
-- no days were named for: what cron starts. Older tables have no commands.
SELECT (SELECT max(watermark) FROM etl_slices),
       (SELECT min(started_at) FROM etl_runs),
       (SELECT max(started_at) FROM etl_runs AS runs
        WHERE id <> %(run_id)s
          AND coalesce(to_jsonb(runs) ->> 'command', 'run') IN ('run', 'run --no-letter'));
