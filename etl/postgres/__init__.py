"""PostgreSQL: a file for each subject, with its SQL in `sql/` under the same name."""
