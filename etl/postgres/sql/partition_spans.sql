-- The spans of time that the partitions of attempts have, ascending; NULL unless it is partitioned by
-- time alone. A partition without bounds takes what no other does.
SELECT CASE WHEN pg_get_partkeydef(to_regclass('attempts')) = 'RANGE (created_at)' THEN ARRAY(
           SELECT ARRAY[
               coalesce((regexp_match(bounds, 'FROM [(]''([0-9][^'']*)'))[1]::timestamp, '0001-01-01'),
               coalesce((regexp_match(bounds, 'TO [(]''([0-9][^'']*)'))[1]::timestamp, '9999-12-31')
           ]
           FROM pg_inherits
           JOIN pg_class AS part ON part.oid = inhrelid
           CROSS JOIN LATERAL pg_get_expr(relpartbound, part.oid) AS bounds
           WHERE inhparent = to_regclass('attempts')
           ORDER BY 1
       ) END;
