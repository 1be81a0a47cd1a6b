"""The history of `etl.models.figures`, counted by PostgreSQL; students' ids never leave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.figures import (
    CohortWeek,
    DailyFigures,
    History,
    Hour,
    JournalRow,
    Quarantine,
    Returning,
    TaskFigures,
)
from etl.models.window import Window
from etl.postgres.figures import task_figures
from etl.postgres.rebuild import require_whole
from etl.postgres.statements import statement

# The spans that the page offers at once, besides the whole history.
SPANS = (7, 28, 90, 365)


def read_history(at: cursor, zone: ZoneInfo) -> History:
    """Days are days of `zone`. Empty when nothing is known at all.

    Raises `LoadError` where the summaries are not those of `attempts`.
    """
    require_whole(at, zone)
    days = _known_days(at, zone)
    at.execute(statement("dashboard_returning"))
    returning = [Returning(*row) for row in at.fetchall()]
    at.execute(statement("dashboard_quarantine"))
    quarantine = [Quarantine(*row) for row in at.fetchall()]
    return History(
        days=_days(at, days, returning),
        returning=returning,
        hours=_hours(at),
        tasks=_tasks(at, days, zone),
        cohorts=_cohorts(at),
        quarantine=quarantine,
        unloaded=_unloaded(at, zone),
        runs=_runs(at, zone),
    )


def _days(at: cursor, days: Sequence[date], returning: Iterable[Returning]) -> list[DailyFigures]:
    users: Counter[date] = Counter()
    for one in returning:
        users[one.day] += one.students
    at.execute(statement("dashboard_days"))
    counts = {day: tuple(of_day) for day, *of_day in at.fetchall()}
    figures = []
    for day in days:
        correct, runs, submits = counts.get(day, (0, 0, 0))
        figures.append(DailyFigures(runs + submits, users[day], correct, runs, submits, day))
    return figures


def _known_days(at: cursor, zone: ZoneInfo) -> list[date]:
    """From the first to the last day of which anything is known."""
    at.execute("SELECT min(day), max(day) FROM etl_hours")
    known = [day for day in at.fetchall()[0] if day]
    at.execute("SELECT min(window_start), max(window_end) FROM etl_slices")
    start, end = at.fetchall()[0]
    if start:
        loaded = _window(start, end, zone).days()
        known += [loaded[0], loaded[-1]]
    if not known:
        return []
    return [min(known) + timedelta(days=n) for n in range((max(known) - min(known)).days + 1)]


def _window(start: datetime, end: datetime, zone: ZoneInfo) -> Window:
    """Out of columns, which are naive UTC."""
    return Window(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), zone)


def _hours(at: cursor) -> dict[Hour, int]:
    at.execute("SELECT day, hour, runs + submits FROM etl_hours")
    return {(day, hour): attempts for day, hour, attempts in at.fetchall()}


def _tasks(at: cursor, days: Sequence[date], zone: ZoneInfo) -> dict[int, list[TaskFigures]]:
    """For the whole history, and for those `SPANS` of its last days that are shorter."""
    spans = [*(span for span in SPANS if span < len(days)), len(days)] if days else []
    return {span: task_figures(at, Window.of_days(days[-span], days[-1], zone)) for span in spans}


def _cohorts(at: cursor) -> list[CohortWeek]:
    at.execute(statement("dashboard_cohorts"))
    return [CohortWeek(*row) for row in at.fetchall()]


def _unloaded(at: cursor, zone: ZoneInfo) -> list[date]:
    """Days between the first and the last slice that are not wholly loaded."""
    at.execute("SELECT window_start, window_end FROM etl_slices ORDER BY window_start")
    return list(gaps([_window(start, end, zone) for start, end in at.fetchall()]))


def gaps(loaded: Iterable[Window]) -> list[date]:
    """Days that are touched by the ground between windows, which come in order of their start."""
    missing: dict[date, None] = {}
    until: datetime | None = None
    for window in loaded:
        if until and window.start > until:
            missing.update(dict.fromkeys(Window(until, window.start, window.zone).days()))
        until = max(until or window.end, window.end)
    return list(missing)


def _runs(at: cursor, zone: ZoneInfo) -> list[JournalRow]:
    at.execute(statement("dashboard_runs"))
    rows = []
    for started_at, status, start, end, *counts in at.fetchall():
        days = _window(start, end, zone).days() if start else None
        span = (days[0], days[-1]) if days else None
        rows.append(JournalRow(started_at.astimezone(zone), status, span, *counts))
    return rows
