-- The sheet shows attempts that are not there any more: their slices are owed again.
UPDATE etl_slices AS slice
SET reported_at = NULL
WHERE EXISTS (
    SELECT FROM unnest(%(moments)s::timestamp[]) AS moment
    WHERE moment >= slice.window_start AND moment < slice.window_end
);
