-- Attempts by quarter of an hour, as its number since 1970: every time zone's hours begin with one.
SELECT floor(extract(epoch FROM created_at) / 900)::bigint AS quarter, count(*)
FROM attempts
GROUP BY quarter;
