INSERT INTO etl_runs (started_at, status, command, version)
VALUES (%(started_at)s, 'running', %(command)s, %(version)s)
RETURNING id;
