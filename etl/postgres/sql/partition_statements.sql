-- What gives attempts the partitions of these names; a table that was detached is attached again.
SELECT format(
           CASE WHEN to_regclass(quote_ident(name)) IS NULL
                THEN 'CREATE TABLE %%1$I PARTITION OF attempts FOR VALUES FROM (%%2$L) TO (%%3$L);'
                ELSE 'ALTER TABLE attempts ATTACH PARTITION %%1$I FOR VALUES FROM (%%2$L) TO (%%3$L);'
           END, name, span_start, span_end)
FROM unnest(%(names)s::text[], %(starts)s::timestamp[], %(ends)s::timestamp[])
     WITH ORDINALITY AS given (name, span_start, span_end, position)
ORDER BY position;
