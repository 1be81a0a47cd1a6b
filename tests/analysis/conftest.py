"""A database with our tables, and the rows of a view as dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from psycopg2.extras import RealDictCursor

from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import LoadError
from etl.postgres.summaries import count_days
from tests.analysis.campus import ATTEMPTS, MOSCOW, Attempt
from tests.conftest import Parameters
from tests.database_inserter.batches import STARTED, entry

Rows = list[dict[str, Any]]
Open = Callable[..., DatabaseInserter]
View = Callable[[str], Rows]

INSERT = """
INSERT INTO attempts (user_id, lis_result_sourcedid, is_correct, attempt_type, created_at)
VALUES (%s, %s, %s, %s, %s)
"""


@pytest.fixture
def open_inserter(database: Parameters) -> Iterator[Open]:
    """`open_inserter(zone=..., user=...)`: a run's opening, which makes tables and views."""
    opened: list[DatabaseInserter] = []

    def build(zone: ZoneInfo = MOSCOW, user: str | None = None) -> DatabaseInserter:
        server = {**database, "user": user} if user else database
        opened.append(DatabaseInserter(lambda: server, zone=zone))
        opened[-1].open(STARTED)
        return opened[-1]

    yield build
    for inserter in opened:
        with suppress(LoadError):
            inserter.close(entry())


@pytest.fixture
def store(database: Parameters) -> Callable[[Sequence[Attempt]], None]:
    """Attempts, and the summaries of their days in Moscow, as a run leaves both."""

    def insert(attempts: Sequence[Attempt]) -> None:
        session = psycopg2.connect(**database)
        with session, session.cursor() as at:
            rows = [
                (one.user, one.sourcedid, one.verdict, one.kind, one.created_at) for one in attempts
            ]
            at.executemany(INSERT, rows)
            count_days(at, sorted({one.day for one in attempts}), MOSCOW)
        session.close()

    return insert


@pytest.fixture
def view(database: Parameters) -> View:
    """`view("SELECT ...")`: its rows, read by an analyst."""

    def rows(query: str) -> Rows:
        session = psycopg2.connect(**database)
        try:
            with session, session.cursor(cursor_factory=RealDictCursor) as at:
                at.execute(query)
                return [dict(row) for row in at.fetchall()]
        finally:
            session.close()

    return rows


@pytest.fixture
def campus(open_inserter: Open, store: Callable[[Sequence[Attempt]], None]) -> DatabaseInserter:
    """An opened inserter on a database with the small campus, days in Moscow."""
    inserter = open_inserter()
    store(ATTEMPTS)
    return inserter
