INSERT INTO etl_hours (day, hour, runs, submits, correct, checksum)
SELECT *
FROM unnest(%(days)s::date[], %(hours)s::int[], %(runs)s::int[], %(submits)s::int[], %(correct)s::int[],
            %(checksums)s::bigint[]);
