"""A run's session: what it writes, it writes from a backend that holds the lock of runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from psycopg2.extensions import connection, cursor

from etl.models.backoff import retrying
from etl.models.errors import LoadError, LockedError, Problem
from etl.postgres.connection import TRIES, transaction, translated
from etl.postgres.pooler import Backend, backend
from etl.postgres.statements import statement

log = logging.getLogger(__name__)

# "lms-etl" in ASCII: a session with this number in the same database is another run.
LOCK_KEY = int.from_bytes(b"lms-etl", "big")
# Citus writes to a worker over several connections at once, which do not see each other's rows: a
# transaction could not read them together with a new task. Other servers ignore this setting.
ONE_CONNECTION_A_WORKER = "SET citus.multi_shard_modify_mode = 'sequential'"


def take_lock(session: connection) -> Backend:
    """Held until the backend ends, whatever ends it (PostgreSQL 13.3.5). Raises `LockedError`."""
    with transaction(session) as at:
        at.execute(statement("session.take_lock"), {"key": LOCK_KEY})
        (taken,) = at.fetchall()[0]
        if taken is None:
            raise LoadError(Problem.DATABASE_POOLER)
        if not taken:
            raise LockedError(Problem.DATABASE_LOCKED)
        at.execute(ONE_CONNECTION_A_WORKER)
        return backend(at)


class LockedSession:
    """Opened again, with the lock, when it was lost between two transactions."""

    def __init__(self, connect: Callable[[], connection], sleep: Callable[[float], None]) -> None:
        self._connect = connect
        self._sleep = sleep
        self._backend: Backend = (0, None)
        self.connection: connection | None = None

    def open(self) -> connection:
        """Raises `LockedError` when another run is at work, `LoadError` for everything else."""
        opened = self._connect()
        try:
            with transaction(opened) as at:
                pid, start = self._backend
                at.execute(statement("session.end_lost_backend"), {"pid": pid, "start": start})
            self._backend = take_lock(opened)
        except LoadError:
            opened.close()
            raise
        self.connection = opened
        return opened

    def close(self) -> None:
        """Frees the lock at once: a closed session's is held until the server has noticed."""
        if self.connection is None:
            return
        # A connection that is lost by now has lost the lock as well.
        with suppress(LoadError), transaction(self.connection) as at:
            at.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
        self.connection.close()
        self.connection = None

    @contextmanager
    def transaction(self) -> Iterator[cursor]:
        """Raises `LockedError` when the lock has gone to another run meanwhile."""
        if self.connection is None:
            raise LoadError(Problem.DATABASE_CONNECTION_LOST, message="there is no session")
        try:
            _require_lock(self.connection)
        except LoadError:
            if not self.connection.closed:
                raise
            self._reopen()
            _require_lock(self.connection)
        with transaction(self.connection) as at:
            yield at

    def _reopen(self) -> None:
        """Tried several times: the server may be starting, and a backend takes a moment to end."""
        log.warning("load: the connection was lost while it was idle; it is opened again")
        retry = retrying(
            lambda error: isinstance(error, LoadError),
            tries=TRIES,
            first_wait_seconds=1,
            longest_wait_seconds=10,
            sleep=self._sleep,
        )
        retry(self.open)


def _require_lock(session: connection) -> None:
    """Begins the transaction; behind a pooler another backend may answer in it."""
    with translated(), session.cursor() as at:
        at.execute(statement("session.holds_lock"), {"key": LOCK_KEY})
        if at.fetchone() != (True,):
            raise LoadError(Problem.DATABASE_POOLER)
