"""The tables: what exists is looked at and used as it is, what is missing is created."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection, cursor

from etl.models.attempts import ATTEMPT_COLUMNS
from etl.models.errors import LoadError, Problem
from etl.postgres.cluster import read_cluster, size_of_spread_attempts
from etl.postgres.comments import comment_tables
from etl.postgres.session import transaction
from etl.postgres.statements import statement, subquery
from etl.postgres.upgrade import missing_columns, refuse_newer, upgrade
from etl.postgres.views import create_views

log = logging.getLogger(__name__)

NUMBERED = ("attempts", "etl_runs", "etl_slices", "rejected_attempts")
# What cannot be counted out of anything else.
RECORDS = (*NUMBERED, "etl_forgotten")
SUMMARIES = ("etl_tasks", "etl_task_texts", "etl_student_task_days", "etl_hours", "etl_summaries")
TABLES = RECORDS + SUMMARIES


def missing_tables(session: connection) -> list[str]:
    """Raises `LoadError` where the tables are those of a newer program."""
    with transaction(session) as at:
        refuse_newer(at)
        at.execute(
            "SELECT name FROM unnest(%s) AS name WHERE to_regclass(name) IS NULL", [[*TABLES]]
        )
        missing = {name for (name,) in at.fetchall()}
    return [table for table in TABLES if table in missing]


def check_tables(session: connection) -> list[str]:
    """The tables that are missing and may be created; writes nothing.

    Raises `LoadError`; for a missing right, with the SQL that the owner runs to grant it.
    """
    _refuse_read_only(session)
    missing = missing_tables(session)
    with transaction(session) as at:
        if "attempts" not in missing:
            _refuse_foreign_attempts(at)
        _refuse_missing_rights(at, missing)
    return missing


def describe_tables(session: connection, *, may_count: bool) -> tuple[str, str]:
    """What `check_tables` found, with the server's version and the number of attempts.

    Then lines about the cluster, if it is one.
    """
    missing = check_tables(session)
    is_counted = may_count and "attempts" not in missing
    with transaction(session) as at:
        at.execute(statement("count_of_attempts" if is_counted else "size_of_attempts"))
        version, rows = at.fetchall()[0]
        if (cluster := read_cluster(at)) and "attempts" in cluster.columns:
            rows = size_of_spread_attempts(at)
    found = [f"PostgreSQL {version}"]
    if rows is None:
        found.append("attempts of unknown number (PostgreSQL has not analyzed them yet)")
    elif "attempts" not in missing:
        found.append(f"{'' if is_counted else 'about '}{rows} attempts")
    found.append(
        f"the next run creates {', '.join(missing)}" if missing else "all tables are there"
    )
    return ", ".join(found), f"\n{cluster.described(is_complete=not missing)}" if cluster else ""


def create_missing(session: connection, zone: ZoneInfo) -> None:
    """All tables and columns or none; their comments, the views.

    Raises `LoadError` as `check_tables` does.
    """
    missing = check_tables(session)
    with transaction(session) as at:
        for table in missing:
            at.execute(statement(f"tables/{table}"))
        if "etl_student_task_days" in missing:
            take_over_type_of_user_id(at)
        upgrade(at)
        at.execute(statement("index_is_wanted"))
        if at.fetchone() == (True,):
            at.execute(statement("tables/attempts_created_at"))
        if missing and (cluster := read_cluster(at)):
            log.info("load: %s", cluster.described(is_complete=True))
    comment_tables(session, TABLES)
    create_views(session, zone)


def take_over_type_of_user_id(at: cursor) -> None:
    """A table that was there before us may have longer ids."""
    at.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = to_regclass('attempts') AND attname = 'user_id'"
        " AND atttypid IN ('varchar'::regtype, 'text'::regtype)"
    )
    for (own_type,) in at.fetchall():
        at.execute(f"ALTER TABLE etl_student_task_days ALTER user_id TYPE {own_type}")


def _refuse_read_only(session: connection) -> None:
    with transaction(session) as at:
        at.execute("SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')")
        is_replica, is_read_only = at.fetchall()[0]
    if is_replica:
        raise LoadError(Problem.DATABASE_READ_ONLY, said="this server is a replica")
    if is_read_only == "on":
        message = "default_transaction_read_only is on"
        raise LoadError(Problem.DATABASE_READ_ONLY, said=message)


def _refuse_foreign_attempts(at: cursor) -> None:
    at.execute(
        "SELECT attname FROM pg_attribute"
        " WHERE attrelid = to_regclass('attempts') AND attnum > 0 AND NOT attisdropped"
    )
    absent = {*ATTEMPT_COLUMNS} - {name for (name,) in at.fetchall()}
    if absent:
        raise LoadError(Problem.DATABASE_COLUMNS, columns=", ".join(sorted(absent)))


def _refuse_missing_rights(at: cursor, missing: Sequence[str]) -> None:
    at.execute("SELECT has_schema_privilege(current_schema(), 'CREATE')")
    for_owner = [] if at.fetchone() == (True,) else missing
    tables = [name for name in TABLES if name not in missing or name in for_owner]
    at.execute(statement("missing_rights"), {"tables": tables, "with_sequence": [*NUMBERED]})
    grants = at.fetchall()
    grants += [(f"ALTER TABLE {c.table}", c.sql) for c in missing_columns(at) if not c.is_allowed]
    if for_owner or grants:
        rights = ["CREATE ON SCHEMA"] if for_owner else []
        rights += [right for right, _ in grants if right]
        sql = [_ddl(name) for name in for_owner] + [grant for _, grant in grants]
        raise LoadError(Problem.DATABASE_RIGHT, said=", ".join(rights), details="\n".join(sql))


def _ddl(table: str) -> str:
    """With the index that only the owner can add."""
    ddl = subquery(f"tables/{table}") + ";\n"
    return ddl + (statement("tables/attempts_created_at") if table == "attempts" else "")
