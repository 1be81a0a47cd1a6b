-- Course and task of each lis_result_sourcedid of the FROM that this follows; an ON comes after it.
CROSS JOIN LATERAL (SELECT string_to_array(lis_result_sourcedid, ':') AS parts) AS split
LEFT JOIN LATERAL (
    SELECT array_to_string(parts[:cardinality(parts) - 2], ':') AS course,
           regexp_replace(parts[cardinality(parts) - 1],
                          '^.*[.](?:xn--[a-z0-9]+|[a-z]+)-', '') AS task
    HAVING lis_result_sourcedid ~ ('^[^:[:space:]"{},][^[:space:]"{},]*'
                                   ':[^:+[:space:]"{},]*[^-:+[:space:]"{},]'
                                   ':[^:[:space:]"{},]*$')
) AS read_out
