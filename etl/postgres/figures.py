"""Figures of days, of tasks and of a whole window, counted by PostgreSQL out of `attempts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.figures import DailyFigures, Figures, TaskFigures
from etl.models.window import Window, midnight
from etl.postgres.statements import statement
from etl.postgres.views import FRAGMENTS, definition

WEEKS_BEFORE = 8


def daily_figures(at: cursor, days: Sequence[date], zone: ZoneInfo) -> list[DailyFigures]:
    """One record a day, ascending, zeros included."""
    at.execute(statement("daily_figures"), bounds(days, zone))
    return [DailyFigures(*row) for row in at.fetchall()]


def same_weekdays(at: cursor, days: Sequence[date], zone: ZoneInfo) -> dict[date, list[int]]:
    """By day, the attempts of its weekday in the weeks before, as far as there are any."""
    weeks = [timedelta(weeks=n) for n in range(1, WEEKS_BEFORE + 1)]
    earlier = sorted({day - back for day in days for back in weeks})
    at.execute(statement("same_weekdays"), bounds(earlier, zone))
    known = dict(at.fetchall())
    return {day: [known[day - back] for back in weeks if day - back in known] for day in days}


def bounds(days: Sequence[date], zone: ZoneInfo) -> dict[str, list[object]]:
    """The days and their first and last moments in naive UTC, as arrays for `unnest`."""
    starts = [midnight(day, zone).replace(tzinfo=None) for day in days]
    ends = [midnight(day + timedelta(days=1), zone).replace(tzinfo=None) for day in days]
    return {"days": list(days), "starts": list(starts), "ends": list(ends)}


def task_figures(at: cursor, window: Window) -> list[TaskFigures]:
    """Each task tried in the window, hardest first: in the order of the view `task_difficulty`.

    First tries are those of the window: what a student did before is not looked at.
    """
    at.execute(task_figures_query(), {**window.columns(), "zone": window.zone.key})
    return [TaskFigures(*row) for row in at.fetchall()]


def task_figures_query() -> str:
    return statement("task_figures").format(
        **{view: definition(view) for view in ("student_tasks", "task_difficulty")},
        **{fragment: statement(fragment).rstrip() for fragment in FRAGMENTS},
    )


def window_totals(at: cursor, window: Window) -> Figures:
    """Counted like a day that lasts as long as the window."""
    start, end = window.columns().values()
    one_day = {"days": [start.date()], "starts": [start], "ends": [end]}
    at.execute(statement("daily_figures"), one_day)
    *counts, _day = at.fetchall()[0]
    return Figures(*counts)
