"""Does what autovacuum would: an embedded server ends before that comes to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import psycopg2
from psycopg2.extensions import connection

from etl.postgres.statements import statement

log = logging.getLogger(__name__)


def vacuum_overdue(session: connection, tables: Sequence[str]) -> None:
    """Vacuums and analyzes the tables for which that is due; what hinders it stops no run."""
    session.autocommit = True  # VACUUM works in no transaction
    try:
        with session.cursor() as at:
            # This session's own changes are counted once it is idle, and then within a second.
            at.execute("SELECT pg_stat_force_next_flush()")
            at.execute(statement("overdue_tables"), {"tables": [*tables]})
            for (table,) in at.fetchall():
                at.execute(f"VACUUM (ANALYZE) {table}")  # our own names
    except psycopg2.Error as error:
        log.warning("load: the tables were not vacuumed: %s", error.diag.message_primary)
    finally:
        if not session.closed:
            session.autocommit = False
