"""A page about a database that has `attempts` and nothing of ours: all is counted for it alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection

from etl.models.errors import LoadError, Problem
from etl.postgres import rebuild
from etl.postgres.schema import NUMBERED, SUMMARIES, missing_tables, take_over_type_of_user_id
from etl.postgres.session import transaction
from etl.postgres.statements import statement

log = logging.getLogger(__name__)

JOURNAL = NUMBERED[1:]


def with_summaries(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> connection:
    """Where they are missing, the session has its own, in temporary tables that go with it.

    Raises `LoadError`, and then closes the session.
    """
    try:
        missing = missing_tables(session)
        if "etl_summaries" in missing and "attempts" not in missing:
            log.info("report: nothing is counted here yet; it is counted for this page alone")
            _create(session, [*(JOURNAL if {*JOURNAL} & {*missing} else ()), *SUMMARIES])
            rebuild.rebuild(session, zone, show)
    except LoadError:
        session.close()
        raise
    return session


def _create(session: connection, tables: list[str]) -> None:
    """Their names hide tables that are there, which thus stay as they are (PostgreSQL 20.11.1)."""
    with transaction(session) as at:
        at.execute(statement("missing_rights"), {"tables": [], "with_sequence": []})
        for right, grant in at.fetchall():
            raise LoadError(Problem.DATABASE_RIGHT, said=right, details=grant)
        for table in tables:
            at.execute(statement(f"tables/{table}").replace("CREATE TABLE", "CREATE TEMP TABLE"))
        take_over_type_of_user_id(at)
