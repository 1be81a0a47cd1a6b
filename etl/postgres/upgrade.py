"""Tables that an earlier version made are brought up to date; those of a newer one are refused."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem
from etl.postgres.statements import statement

# What `etl_summaries.schema_version` says of these tables. Raise it with what older programs
# would get wrong. Version 1.0.0 wrote none.
SCHEMA_VERSION = 2

# What the tables of earlier versions lack.
ADDED_COLUMNS = (
    ("rejected_attempts", "detail", "TEXT"),
    ("etl_runs", "command", "TEXT"),
    ("etl_runs", "version", "TEXT"),
    ("etl_runs", "failure", "TEXT"),
    ("etl_summaries", "schema_version", "INTEGER NOT NULL DEFAULT 1"),
    ("etl_tasks", "course_name", "TEXT"),
    ("etl_tasks", "task_name", "TEXT"),
    ("etl_hours", "checksum", "BIGINT"),
)


@dataclass(frozen=True)
class Addition:
    """A column to add; `is_allowed`: this role owns the table."""

    table: str
    sql: str
    is_allowed: bool


def refuse_newer(at: cursor) -> None:
    """Raises `LoadError` where a newer program has been at work."""
    at.execute("SELECT to_regclass('etl_summaries') IS NOT NULL")
    if at.fetchone() == (True,):
        # As JSON, a column that is not there yet is NULL.
        at.execute("SELECT (to_jsonb(s) ->> 'schema_version')::int FROM etl_summaries AS s")
        for (found,) in at.fetchall():
            if found and found > SCHEMA_VERSION:
                raise LoadError(Problem.DATABASE_NEWER, found=found, known=SCHEMA_VERSION)


def missing_columns(at: cursor) -> list[Addition]:
    tables, columns, types = map(list, zip(*ADDED_COLUMNS, strict=True))
    at.execute(statement("missing_columns"), {"tables": tables, "columns": columns, "types": types})
    return [Addition(*row) for row in at.fetchall()]


def upgrade(at: cursor) -> None:
    """In the caller's transaction, once all tables are there."""
    for addition in missing_columns(at):
        at.execute(addition.sql)
    at.execute(statement("note_schema_version"), {"version": SCHEMA_VERSION})
