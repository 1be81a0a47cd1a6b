-- Texts are read anew as well.
DELETE FROM etl_task_texts;
INSERT INTO etl_summaries (time_zone, definition, rebuilt_from)
VALUES (%(time_zone)s, %(definition)s, %(first_day)s)
ON CONFLICT (is_only) DO UPDATE
SET time_zone = excluded.time_zone, definition = excluded.definition,
    rebuilt_from = excluded.rebuilt_from;
