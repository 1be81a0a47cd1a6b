-- A replay adds attempts to days that the sheet shows already: their slices are owed again.
UPDATE etl_slices AS slice
SET reported_at = NULL
WHERE EXISTS (
    SELECT FROM pg_temp.incoming
    WHERE incoming.created_at >= slice.window_start AND incoming.created_at < slice.window_end
);
