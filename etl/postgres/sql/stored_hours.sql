SELECT day, hour, runs, submits, correct, checksum
FROM etl_hours
WHERE day BETWEEN %(first_day)s AND %(last_day)s;
