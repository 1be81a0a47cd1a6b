-- Daily figures read one day; unique_attempt begins with the student and cannot find it.
CREATE INDEX IF NOT EXISTS attempts_created_at ON attempts (created_at);
