CASE WHEN {names_a_task}
     THEN regexp_replace(substring(text FROM ':([^:]*):[^:]*$'),
                         '^.*[.](?:xn--[a-z0-9]+|[a-z]+)-', '') END
