"""Reads figures of days, tasks and windows from the summary tables; stores the tasks' names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem
from etl.models.figures import (
    FEW_SUBMITS,
    HARDEST,
    DailyFigures,
    Figures,
    TaskFigures,
    TaskNames,
    Usual,
)
from etl.models.window import Window
from etl.postgres.journal import covers, days_touched, loaded_spans
from etl.postgres.schema import missing_tables
from etl.postgres.session import connect, one_row, reading
from etl.postgres.statements import statement

WEEKS_BEFORE = 8
DAYS_COMPARED = 31
# Open edX: the address that takes a grade names the server, the course and the block.
GRADE_ADDRESS = re.compile(
    r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)"
    r"/courses/(?P<course>[^/?#\s]+)/xblock/(?P<block>block-v1:[^/?#\s]+@(?P<task>[^/?#\s@]+))"
    r"/handler[^?#\s]*"
)


def daily_figures(at: cursor, days: Sequence[date]) -> list[DailyFigures]:
    """Returns the figures of each of `days`, ascending; a day without attempts has zeros."""
    at.execute(statement("figures.daily_figures"), {"days": list(days)})
    return [DailyFigures(*row) for row in at.fetchall()]


def loaded_daily_figures(at: cursor, days: Sequence[date], zone: ZoneInfo) -> list[DailyFigures]:
    """Returns `daily_figures` of those `days` that have attempts or are loaded at least in part."""
    loaded = days_touched(loaded_spans(at, zone))
    return [one for one in daily_figures(at, days) if one.attempts or one.day in loaded]


def usual(at: cursor, days: Sequence[date], run_id: int) -> Usual:
    """Returns figures of earlier weeks and of the runs before `run_id`, to compare a run with.

    For each of the last 31 `days` it has attempts of that weekday in the 8 weeks before, if any.
    """
    days = days[-DAYS_COMPARED:]
    weeks = [timedelta(weeks=n) for n in range(1, WEEKS_BEFORE + 1)]
    earlier = sorted({day - back for day in days for back in weeks})
    at.execute(statement("figures.same_weekdays"), {"days": earlier})
    known = dict(at.fetchall())
    attempts = {day: [known[day - back] for back in weeks if day - back in known] for day in days}
    return Usual(attempts, *one_row(at, statement("figures.earlier_runs"), {"run_id": run_id}))


def task_figures(at: cursor, window: Window) -> list[TaskFigures]:
    """Returns the figures of each task tried on the days of `window`, hardest first.

    They are counted as in the view `task_difficulty`, but out of these days alone. Only the
    `HARDEST` first tasks get the `address` of their page in the LMS, out of one of their attempts.
    """
    days = window.first_and_last_day()
    at.execute(task_figures_query(), days)
    tasks = [TaskFigures(*row) for row in at.fetchall()]
    hardest = tasks[:HARDEST]
    wanted = {"courses": [one.course for one in hardest], "tasks": [one.task for one in hardest]}
    at.execute(statement("figures.one_attempt_of_tasks"), {**wanted, **days})
    known = {(course, task): block_address(url, course, task) for course, task, url in at}
    return [replace(one, address=known.get((one.course, one.task), "")) for one in tasks]


def task_figures_query() -> str:
    """Returns the SQL of `TaskFigures`, hardest first; its parameters: `first_day`, `last_day`."""
    period = "AND day BETWEEN %(first_day)s AND %(last_day)s"
    return statement("figures.task_figures", period=period, few_submits=str(FEW_SUBMITS))


def totals_beside_earlier(at: cursor, window: Window) -> tuple[Figures | None, Figures | None]:
    """Returns the figures of the days that `window` touches, and of as many days before them.

    Both are None if nothing of the window's days is loaded; the second also if any day of the two
    periods is not loaded in full, since a comparison would mislead.
    """
    spans, before = loaded_spans(at, window.zone), window.before()
    totals = _totals(at, window)
    if not totals.attempts and days_touched(spans).isdisjoint(window.days()):
        return None, None
    both = Window.of_days(before.outer_days[0], window.outer_days[1], window.zone)
    return totals, _totals(at, before) if covers(spans, both) else None


def _totals(at: cursor, window: Window) -> Figures:
    days = window.first_and_last_day()
    return Figures(*one_row(at, statement("figures.window_totals"), days))


def write_names(at: cursor, names: TaskNames) -> None:
    """Stores names of tasks and courses in `etl_tasks`; those not in `names` lose their old one."""
    at.execute("SELECT id, course, task FROM etl_tasks WHERE id <> 0")
    found = at.fetchall()
    given = {
        "ids": [task_id for task_id, _, _ in found],
        "course_names": [names.get((course, "")) for _, course, _ in found],
        "task_names": [names.get((course, task)) for _, course, task in found],
    }
    at.execute(statement("figures.name_tasks"), given)


def read_tasks(parameters: Mapping[str, str | int]) -> list[tuple[str, str]]:
    """Returns course and task of each task ever tried; connects with libpq's `parameters`.

    Raises `LoadError` if it cannot connect, or if tasks were never counted.
    """
    with reading(connect(parameters)) as at:
        if "etl_tasks" in missing_tables(at):
            raise LoadError(Problem.SUMMARIES_MISSING)
        at.execute("SELECT course, task FROM etl_tasks WHERE id <> 0")
        return at.fetchall()


def block_address(outcome_service_url: str, course: str, task: str) -> str:
    """Returns the URL of a task in Open edX; empty if `outcome_service_url` is not of that task."""
    found = GRADE_ADDRESS.fullmatch(outcome_service_url)
    if not found or (found["course"], found["task"]) != (course, task):
        return ""
    path = f"/courses/{course}/jump_to/{found['block']}"
    return f"https://{found['host']}{quote(path, safe='/:+@')}"
