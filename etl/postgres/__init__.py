"""What the database inserter needs of PostgreSQL: connections, errors, schema, COPY, journal."""
