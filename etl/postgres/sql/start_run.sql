INSERT INTO etl_runs (started_at, status) VALUES (%(started_at)s, 'running') RETURNING id;
