-- The first and the last moment of which anything is known, UTC; the last one not included.
SELECT least((SELECT min(created_at) FROM attempts), (SELECT min(window_start) FROM etl_slices)),
       greatest((SELECT max(created_at) FROM attempts) + interval '1 microsecond',
                (SELECT max(window_end) FROM etl_slices));
