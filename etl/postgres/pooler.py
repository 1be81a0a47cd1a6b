"""Recognises a pooler that lends a backend for one transaction, or for one statement, only.

Behind PgBouncer in these modes, and behind its like, a session's lock, settings and temporary
tables stay with a backend that the next client gets. What a session of its own never sees: the
backend of another client, or two backends one after the other.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, suppress
from select import select
from time import monotonic

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE, connection, cursor

from etl.models.errors import LoadError, Problem
from etl.postgres.statements import statement

# A pool may lend its backends in turn, and other clients may come in between.
ROUNDS = 3
# In session mode a pool may have no second backend to lend.
PATIENCE_SECONDS = 2

Backend = tuple[int, float | None]


def refuse_pooler(session: connection, dsn: str) -> None:
    """Raises `LoadError`. Leaves nothing behind; in autocommit, as statement mode has no BEGIN.

    Where no second connection is to be had, two backends for `session` are still noticed.
    """
    with session.cursor() as at, closing(_backends_of_another_client(dsn)) as others:
        own = backend(at)
        for _ in range(ROUNDS):
            if backend(at) != own or next(others, None) == own:
                raise LoadError(Problem.DATABASE_POOLER)


def backend(at: cursor) -> Backend:
    """The process that answers, and when it was started."""
    at.execute(statement("session.backend"))
    pid, start = at.fetchall()[0]
    return pid, start


def _backends_of_another_client(dsn: str) -> Generator[Backend]:
    until = monotonic() + PATIENCE_SECONDS
    with suppress(psycopg2.Error, TimeoutError), closing(psycopg2.connect(dsn, async_=True)) as one:
        _wait(one, until)
        with one.cursor() as at:
            while True:
                at.execute(statement("session.backend"))
                _wait(one, until)
                yield at.fetchall()[0]


def _wait(other: connection, until: float) -> None:
    while (state := other.poll()) != POLL_OK:
        reads, writes = [other] * (state == POLL_READ), [other] * (state == POLL_WRITE)
        if not any(select(reads, writes, [], max(0, until - monotonic()))):
            raise TimeoutError
