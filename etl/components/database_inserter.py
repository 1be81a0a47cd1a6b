"""Load: stores each slice of attempts exactly once, and keeps the journal and the quarantine."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import psycopg2
from psycopg2.extensions import connection, cursor

from etl.models.background import in_background
from etl.models.errors import LoadError, LockedError, RecordRefusedError
from etl.models.figures import PageFigures
from etl.models.peers import hang_up
from etl.models.records import NOBODY, Answer, Batch, Loaded, Progress
from etl.models.window import Window, midnight
from etl.postgres import forgotten, journal, layouts, page, quarantine, schema, summaries
from etl.postgres.loading import Keep, Prefetch, load_slice, replay
from etl.postgres.session import (
    LOCK_TIMEOUT_SECONDS,
    LockedSession,
    connect,
    patiently,
    protection,
    reading,
)

# Called in a transaction that has read `forgotten`, and again if the transaction is repeated.
Batches = Callable[[], Iterable[Batch]]


class DatabaseInserter:
    """The database session of one run: the table `attempts`, with its journal and quarantine.

    The journal (`etl_runs`, `etl_slices`) says what runs did; the quarantine (`rejected_attempts`)
    keeps refused records for `rejected_keep_days` (None: for ever), with secrets hidden by
    `redact`. `server` returns libpq's parameters for a connection; days are those of `zone`.
    `prefetch` makes a batch while the one before is stored; `max_rejected_share`, from 0 to 1, is
    the share of a slice that PostgreSQL may refuse; `show` gets progress in words.
    """

    def __init__(
        self,
        server: Callable[[], Mapping[str, str | int]],
        *,
        zone: ZoneInfo,
        redact: Callable[[str], str] = str,
        prefetch: Prefetch = iter,
        is_embedded: bool = False,
        max_rejected_share: float = 0.2,
        rejected_keep_days: int | None = None,
        quarantine_room: Mapping[str, int] = quarantine.ROOM,
        lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        show: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._server = server
        self._zone = zone
        self._keeper = partial(quarantine.Keeper, redact=redact, room=quarantine_room)
        self._prefetch = prefetch
        self._is_embedded = is_embedded
        self._max_rejected_share = max_rejected_share
        self._rejected_keep_days = rejected_keep_days
        self._lock_timeout_seconds = lock_timeout_seconds
        self._sleep = sleep
        self._show = show
        self._counted: set[date] = set()
        self._session = LockedSession(self._connect, sleep)
        self._opened: list[connection] = []
        self._may_be_cluster = True
        self.run_id, self.forgotten = 0, NOBODY
        self.not_quarantined = 0  # records that are only in part in the quarantine, or not at all

    def open(self, started_at: datetime, command: str = "run") -> str:
        """Connects, takes the lock that allows one run at a time, and updates tables and views.

        Begins the run's row in `etl_runs` with `started_at` and `command`; returns the server's
        version. Raises `LockedError` if another run has the lock, `LoadError` if a step fails.
        """
        session = self._session.open()
        try:
            schema.create_missing(session, self._zone)
            summaries.bring_up_to_date(session, self._zone, self._show)
            with self._keeping() as (at, _):
                self.run_id = journal.start_run(at, started_at, command)
            return f"PostgreSQL {session.info.parameter_status('server_version')}"
        except LoadError:
            self._session.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[cursor]:
        """Yields a cursor; commits after the block or rolls back. SQL errors raise `LoadError`."""
        with self._session.transaction() as at:
            if self._may_be_cluster:
                self._may_be_cluster = layouts.wait_for_commits(at, self._sleep) > 0
            yield at

    def close(self, entry: Mapping[str, object]) -> None:
        """Writes `entry`, values by column, into the run's row of `etl_runs`; then disconnects."""
        if not self._session.connection:
            return
        try:
            # If another run has the lock by now, it has ended the row as abandoned.
            with suppress(LockedError), self._session.transaction() as at:
                journal.finish_run(at, self.run_id, entry)
        finally:
            self._session.close()

    def progress(self) -> Progress:
        """Returns how far runs have loaded, and when the first run and the last due one began."""
        with self.transaction() as at:
            return journal.progress(at, self.run_id)

    def insert(self, answer: Answer, batches: Batches) -> Loaded:
        """Stores the batches of `answer`, with a journal entry, or nothing; returns the counts.

        `batches` is called anew for each try; what it raises is raised. Records that PostgreSQL
        refuses go into the quarantine. Raises `LoadError` if they exceed `max_rejected_share`, or
        if PostgreSQL fails.
        """

        def load() -> Loaded:
            try:
                return self._load(answer, batches, None)
            except RecordRefusedError:  # once more, in halves, without the refused ones
                return self._load(answer, batches, self._max_rejected_share)

        return patiently(load, self._sleep)

    def _load(self, answer: Answer, batches: Batches, max_refused_share: float | None) -> Loaded:
        with self._keeping() as (at, keep):
            loaded = load_slice(at, answer, batches(), keep, self._prefetch, max_refused_share)
            journal.record_slice(at, self.run_id, answer.window, loaded.counts)
        self._counted.update(loaded.days if loaded.counts.inserted else [])
        return loaded

    def rebuild(self) -> str:
        """Recounts all summary tables; returns in words how many days were counted.

        Needs no `open`. Raises `LockedError` while a run has the lock, `LoadError` if a step fails.
        """
        with closing(self._session):
            session = self._session.open()
            schema.create_missing(session, self._zone)
            return summaries.rebuild(session, self._zone, self._show)

    def forget(self, student: str, names: forgotten.Names) -> forgotten.Removed:
        """Deletes all data of the id `student`, whose new records are dropped from then on.

        `names` finds student ids in a quarantined record. Returns counts of deleted rows.
        """
        with self.transaction() as at:
            return forgotten.forget(at, student, names, self._zone)

    def repair(self, days: Iterable[date]) -> list[date]:
        """Recounts summaries of those `days` whose attempts have changed; returns these days."""
        with self.transaction() as at:
            changed = summaries.repair_days(at, sorted({*days} - self._counted), self._zone)
            journal.owe_reports(at, [midnight(day, self._zone) for day in changed])
            return changed

    def tidy(self) -> int:
        """Deletes expired records from the quarantine; returns how many of them were never loaded.

        Also vacuums the tables of an embedded server, which stops before autovacuum gets to them.
        """
        if self._is_embedded and (session := self._session.connection):
            schema.vacuum_overdue(session, schema.TABLES)
        with self.transaction() as at:
            return quarantine.delete_old(at, self._rejected_keep_days)

    def quarantine(self, batches: Batches) -> None:
        """Stores the rejected records of `batches` in the quarantine; loads no valid rows."""
        with self._keeping() as (_, keep):
            for batch in batches():
                keep(batch.rejected)

    def replay(self, process: Callable[[Answer], Iterable[Batch]]) -> Loaded:
        """Loads quarantined records that `process` accepts now; their days are due in the sheet."""
        with self._keeping() as (at, keep):
            answer, ids = quarantine.quarantined(at)
            return replay(at, answer, ids, process(answer), keep, self._zone)

    def peek_progress(self) -> Progress:
        """Returns the progress up to now without `open`; locks, creates and writes nothing."""
        with reading(self._connect()) as at:
            return journal.peek_progress(at)

    def page_figures(self) -> PageFigures:
        """Returns the dashboard's figures as of one moment; needs no `open`, writes nothing."""
        return page.read_page(self._connect(), self._zone, self._show)

    def check(self, due: Callable[[Progress], Window]) -> str:
        """Returns in words the state of connection and tables; needs no `open`, writes nothing.

        `due` returns the next run's window. Raises `LoadError` if PostgreSQL lacks what that run
        needs, such as rights or partitions.
        """
        with reading(self._connect()) as at:
            tables, spread = schema.describe_tables(at)
            months = layouts.describe_partitions(at, due(journal.peek_progress(at)))
            return f"{protection(at.connection)}, {tables}{months}{spread}"

    def cancel(self) -> None:
        """Asks the server, without waiting, to cancel the statement that another thread runs."""
        for session in self._opened:
            in_background(session.cancel)  # which waits for the server

    def hang_up(self) -> None:
        """Cuts the connections that another thread uses; the server rolls their work back."""
        self._session.connection = None  # else it would be opened again, for the journal
        for session in self._opened:
            with suppress(psycopg2.Error, OSError):  # it is closed
                opened = socket.socket(fileno=session.fileno())
                hang_up(opened)
                opened.detach()

    def _connect(self) -> connection:
        opened = connect(self._server(), lock_timeout_seconds=self._lock_timeout_seconds)
        self._opened.append(opened)
        return opened

    @contextmanager
    def _keeping(self) -> Iterator[tuple[cursor, Keep]]:
        """Yields cursor and `Keep`; rereads `forgotten`: it may change while the lock is lost."""
        with self.transaction() as at:
            self.forgotten = forgotten.read(at)
            keeper = self._keeper(at, self.run_id)
            yield at, keeper.keep
        self.not_quarantined += keeper.not_kept
