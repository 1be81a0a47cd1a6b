DELETE FROM etl_hours WHERE day BETWEEN %(first_day)s AND %(last_day)s;
