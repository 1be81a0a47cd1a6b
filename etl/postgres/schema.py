"""Creates the tables that are missing; what exists is used as it is."""

from __future__ import annotations

import psycopg2
from psycopg2.extensions import connection, cursor

from etl.errors import LoadError, Problem
from etl.postgres.connection import translated
from etl.postgres.statements import statement

TABLES = ("attempts", "etl_runs", "etl_slices", "rejected_attempts")
ATTEMPT_COLUMNS = {
    "user_id",
    "oauth_consumer_key",
    "lis_result_sourcedid",
    "lis_outcome_service_url",
    "is_correct",
    "attempt_type",
    "created_at",
}


def missing_tables(session: connection) -> list[str]:
    with translated(), session, session.cursor() as at:
        at.execute(
            "SELECT name FROM unnest(%s) AS name WHERE to_regclass(name) IS NULL", [[*TABLES]]
        )
        missing = {name for (name,) in at.fetchall()}
    return [table for table in TABLES if table in missing]


def create_missing(session: connection) -> None:
    """Raises `LoadError` with the DDL to run when the right to create is missing."""
    if missing := missing_tables(session):
        ddl = "\n".join(statement(table) for table in missing)
        try:
            with session, session.cursor() as at:
                at.execute(ddl)
        except psycopg2.errors.InsufficientPrivilege as error:
            raise LoadError(
                Problem.DATABASE_RIGHT, message=error.diag.message_primary, details=ddl
            ) from error
    with translated(), session, session.cursor() as at:
        _refuse_foreign_attempts(at)
        _index_attempts(at)


def _refuse_foreign_attempts(at: cursor) -> None:
    at.execute(
        "SELECT attname FROM pg_attribute"
        " WHERE attrelid = to_regclass('attempts') AND attnum > 0 AND NOT attisdropped"
    )
    absent = ATTEMPT_COLUMNS - {name for (name,) in at.fetchall()}
    if absent:
        raise LoadError(Problem.DATABASE_TABLE, message="no column " + ", ".join(sorted(absent)))


def _index_attempts(at: cursor) -> None:
    """Only the owner of a table may index it; without the index the figures are right, but slow."""
    at.execute(
        "SELECT pg_get_userbyid(relowner) = current_user"
        " AND NOT EXISTS (SELECT FROM pg_index JOIN pg_attribute"
        "                 ON attrelid = indrelid AND attnum = indkey[0]"
        "                 WHERE indrelid = c.oid AND attname = 'created_at')"
        " FROM pg_class AS c WHERE oid = to_regclass('attempts')"
    )
    if at.fetchone() == (True,):
        at.execute(statement("attempts_created_at"))
