-- Exactly: the embedded server is small, and nobody else waits for it.
SELECT current_setting('server_version'), count(*) FROM attempts;
