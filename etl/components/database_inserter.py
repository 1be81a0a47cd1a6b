"""Load: puts a slice into `attempts` exactly once, and keeps the journal and the quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection, cursor

from etl.errors import LoadError, Problem
from etl.models import (
    Batch,
    Counts,
    DailyFigures,
    Reason,
    Rejected,
    ReportDebt,
)
from etl.postgres import journal
from etl.postgres.connection import connect, take_lock, translated
from etl.postgres.copy_text import copy_text
from etl.postgres.schema import check_tables, create_missing, missing_tables
from etl.postgres.statements import statement
from etl.records.decoding import raw_text
from etl.windows import midnight

COPY_INCOMING = "COPY incoming FROM STDIN"


class DatabaseInserter:
    """One run's session with the database. `server` gives libpq's parameters when it is needed."""

    def __init__(
        self,
        server: Callable[[], Mapping[str, str | int]],
        *,
        zone: ZoneInfo,
        redact: Callable[[str], str] = str,
        lock_timeout_seconds: float = 60,
    ) -> None:
        self._server = server
        self._zone = zone
        self._redact = redact
        self._lock_timeout_seconds = lock_timeout_seconds
        self._session: connection | None = None
        self._run_id = 0

    def open(self, started_at: datetime) -> None:
        """Connects, takes the lock, creates what is missing, begins the journal's row.

        Raises `LockedError` when another run is at work, `LoadError` for everything else.
        """
        self._session = self._connect()
        take_lock(self._session)
        create_missing(self._session)
        with self._transaction() as at:
            self._run_id = journal.start_run(at, started_at)

    def close(self, entry: Mapping[str, object]) -> None:
        """Ends the journal's row (`etl_runs`' columns from `finished_at` on) and the session."""
        if self._session is None:
            return
        try:
            if self._run_id:
                with self._transaction() as at:
                    journal.finish_run(at, self._run_id, entry)
        finally:
            self._session.close()
            self._session = None

    def watermark(self) -> datetime | None:
        """Up to where everything has been loaded without a gap, in UTC; None before the first."""
        with self._transaction() as at:
            return journal.watermark(at)

    def insert(self, batch: Batch) -> Counts:
        """Stores the batch, its quarantine and its journal entry, all or nothing."""
        with self._transaction() as at:
            at.execute(statement("stage_incoming"))
            at.copy_expert(COPY_INCOMING, copy_text(batch.rows))
            at.execute("ANALYZE incoming")
            at.execute(statement("insert_incoming"))
            inserted = at.rowcount
            conflicting = self._conflicting(at, batch)
            counts = Counts(
                received=len(batch.records),
                inserted=inserted,
                duplicates=len(batch.rows) - inserted - len(conflicting),
                conflicting=len(conflicting),
                rejected=len(batch.rejected),
                out_of_window=batch.out_of_window,
            )
            self._quarantine(at, [*batch.rejected, *conflicting])
            journal.record_slice(at, self._run_id, batch.window, counts)
        return counts

    def quarantine(self, rejected: Sequence[Rejected]) -> None:
        """Keeps bad records of a slice that is not loaded."""
        with self._transaction() as at:
            self._quarantine(at, rejected)

    def report_debt(self) -> ReportDebt:
        with self._transaction() as at:
            windows = journal.unreported_windows(at, self._zone)
        days = {day for window in windows.values() for day in window.days()}
        return ReportDebt(tuple(windows), tuple(sorted(days)))

    def mark_reported(self, debt: ReportDebt, moment: datetime) -> None:
        with self._transaction() as at:
            journal.mark_reported(at, debt.slice_ids, moment)

    def daily_figures(self, days: Sequence[date]) -> list[DailyFigures]:
        """The figures of those days in the settings' time zone, ascending, zeros included."""
        bounds = [_utc(midnight(day, self._zone)) for day in days]
        ends = [_utc(midnight(day + timedelta(days=1), self._zone)) for day in days]
        with self._transaction() as at:
            parameters = {"days": list(days), "starts": bounds, "ends": ends}
            at.execute(statement("daily_figures"), parameters)
            return [DailyFigures(*row) for row in at.fetchall()]

    def peek_watermark(self) -> datetime | None:
        """The watermark for a dry run: nothing is locked, created or written."""
        session = self._connect()
        try:
            session.set_session(readonly=True)
            if "etl_slices" in missing_tables(session):
                return None
            with translated(), session, session.cursor() as at:
                return journal.watermark(at)
        finally:
            session.close()

    def check(self) -> str:
        """Tries connection, tables and rights without writing. Raises `LoadError`."""
        session = self._connect()
        try:
            session.set_session(readonly=True)
            missing = check_tables(session)
            with translated(), session, session.cursor() as at:
                at.execute(statement("size_of_attempts"))
                version, rows = at.fetchall()[0]
        finally:
            session.close()
        told = f"the first run creates {', '.join(missing)}" if missing else "all tables are there"
        return f"PostgreSQL {version}, about {rows} attempts, {told}"

    def _connect(self) -> connection:
        return connect(self._server(), lock_timeout_seconds=self._lock_timeout_seconds)

    def _conflicting(self, at: cursor, batch: Batch) -> list[Rejected]:
        at.execute(statement("select_conflicting"))
        return [
            Rejected(Reason.CONFLICTING, raw_text(batch.records[position]))
            for (position,) in at.fetchall()
        ]

    def _quarantine(self, at: cursor, rejected: Sequence[Rejected]) -> None:
        redacted = [Rejected(one.reason, self._redact(one.record)) for one in rejected]
        journal.quarantine(at, self._run_id, redacted)

    @contextmanager
    def _transaction(self) -> Iterator[cursor]:
        if self._session is None:
            raise LoadError(Problem.DATABASE_CONNECTION_LOST, message="there is no session")
        with translated(), self._session, self._session.cursor() as at:
            yield at


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
