"""Stores attempts in PostgreSQL and counts them; each module's SQL is in `sql/` by its name."""
