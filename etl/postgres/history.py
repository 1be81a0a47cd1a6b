"""The history of `etl.models.figures`, counted by PostgreSQL; students' ids never leave it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection, cursor

from etl.models.figures import (
    SPANS,
    DailyFigures,
    History,
    Hour,
    PageTask,
    Quarantine,
    Students,
)
from etl.models.window import Window
from etl.postgres.courses import busiest_courses, read_courses
from etl.postgres.figures import tasks_of_days
from etl.postgres.lately import last_runs
from etl.postgres.loaded import days_between, loaded_spans
from etl.postgres.rebuild import require_whole
from etl.postgres.session import reading, transaction
from etl.postgres.statements import statement
from etl.postgres.students import read_students, students_of_days
from etl.postgres.temporary import with_summaries

# So many of the last are shown.
RUNS = 10


def history_of(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> History:
    """Of a session, which is closed in the end. Raises `LoadError`."""
    with reading(with_summaries(session, zone, show)), transaction(session) as at:
        return read_history(at, zone)


def read_history(at: cursor, zone: ZoneInfo) -> History:
    """Days are days of `zone`. Empty when nothing is known at all.

    Raises `LoadError` where the summaries are not those of `attempts`.
    """
    require_whole(at, zone)
    days = _known_days(at, zone)
    tasks = _tasks(at, days)
    courses = busiest_courses(tasks)
    everybody, *students = read_students(at, courses, days)
    at.execute(statement("dashboard_quarantine"))
    quarantine = [Quarantine(*row) for row in at.fetchall()]
    return History(
        days=_days(at, days, everybody),
        students=everybody,
        courses=read_courses(at, courses, students),
        hours=_hours(at),
        tasks=tasks,
        quarantine=quarantine,
        unloaded=days_between(loaded_spans(at, zone)),
        runs=last_runs(at, zone, RUNS),
    )


def _days(at: cursor, days: Iterable[date], everybody: Students) -> list[DailyFigures]:
    users = students_of_days(everybody)
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
        known += Window.of_columns(start, end, zone).outer_days
    if not known:
        return []
    return [min(known) + timedelta(days=n) for n in range((max(known) - min(known)).days + 1)]


def _hours(at: cursor) -> dict[Hour, int]:
    at.execute("SELECT day, hour, runs + submits FROM etl_hours")
    return {(day, hour): attempts for day, hour, attempts in at.fetchall()}


def _tasks(at: cursor, days: Sequence[date]) -> dict[int, list[PageTask]]:
    """For the whole history, and for those `SPANS` of its last days that are shorter."""
    spans = [*(span for span in SPANS if span < len(days)), len(days)] if days else []
    return {span: _tasks_of(at, days[-span], days[-1]) for span in spans}


def _tasks_of(at: cursor, first: date, last: date) -> list[PageTask]:
    return tasks_of_days(at, {"first_day": first, "last_day": last}, PageTask)
