-- Whether the quarantine is of version 1.0.0, which had no such column.
SELECT NOT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = to_regclass('rejected_attempts') AND attname = 'detail' AND NOT attisdropped
);
