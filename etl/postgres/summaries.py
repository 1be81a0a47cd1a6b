"""The summaries: tasks, what each student did on each task on each day, and each hour's attempts.

`attempts` is the only truth. Whole days are counted anew out of it, so that it does not matter who
changed them, how often, or in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.window import Window, midnight
from etl.postgres.statements import statement

if TYPE_CHECKING:
    import pandas as pd

# Clocks of all time zones are set by whole quarters of an hour.
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
DAYS_AT_ONCE = 7


def count_days(at: cursor, days: Iterable[date], zone: ZoneInfo) -> None:
    """Counts those days anew, in the caller's transaction."""
    for window in _weeks(days, zone):
        facts = facts_of(window)
        at.execute(statement("delete_hours"), facts)
        at.execute(statement("insert_hours"), facts)
        _count_student_task_days(at, facts)
        at.execute(statement("some_tasks_are_unknown"), facts)
        if at.fetchone() == (True,) and _learn_tasks(at, facts):
            _count_student_task_days(at, facts)
        at.execute(statement("unset_only_days"), facts)


def repair_days(at: cursor, days: Iterable[date], zone: ZoneInfo) -> list[date]:
    """Counts those of the days anew that other hands have changed since; returns them."""
    untrue = []
    for window in _weeks(days, zone):
        facts = facts_of(window)
        _learn_tasks(at, facts)  # what names a task by now may have been counted as naming none
        at.execute(statement("untrue_days"), facts)
        untrue += [day for (day,) in at.fetchall()]
    count_days(at, untrue, zone)
    return untrue


def _count_student_task_days(at: cursor, facts: Mapping[str, Any]) -> None:
    at.execute(statement("delete_student_task_days"), facts)
    at.execute(statement("insert_student_task_days"), facts)


def _learn_tasks(at: cursor, facts: Mapping[str, Any]) -> bool:
    """Whether there were any to learn."""
    at.execute(statement("new_task_texts"), facts)
    read_out = at.fetchall()
    if read_out:
        texts, courses, tasks = map(list, zip(*read_out, strict=True))
        named = {"texts": texts, "courses": courses, "tasks": tasks}
        at.execute(statement("insert_tasks"), named)
        at.execute(statement("insert_task_texts"), named)
    return bool(read_out)


def days_of(moments: pd.Series[Any], zone: ZoneInfo) -> list[date]:
    """The days of naive UTC moments, ascending."""
    return sorted({*moments.dt.tz_localize("UTC").dt.tz_convert(zone).dt.date})


def _weeks(days: Iterable[date], zone: ZoneInfo) -> Iterator[Window]:
    """Ascending days as windows without other days between, a week each at most."""
    row: list[date] = []
    for day in days:
        if row and (day - row[-1] > DAY or len(row) == DAYS_AT_ONCE):
            yield Window.of_days(row[0], row[-1], zone)
            row = []
        row.append(day)
    if row:
        yield Window.of_days(row[0], row[-1], zone)


def facts_of(window: Window) -> dict[str, Any]:
    """What the statements ask for. The window must be of whole days."""
    days = window.days()
    parts = list(_parts(window, days))
    return {
        **window.columns(),
        "first_day": days[0],
        "last_day": days[-1],
        "starts": [start for start, _, _ in parts],
        "days": [day for _, day, _ in parts],
        "hours": [hour for _, _, hour in parts],
    }


def _parts(window: Window, days: Sequence[date]) -> Iterator[tuple[datetime, date, int]]:
    """The moment in naive UTC at which an hour of a day begins, that day and that hour."""
    midnights = {midnight(day, window.zone): day for day in days}
    moment, day, before = window.start, days[0], None
    while moment < window.end:
        day = midnights.get(moment, day)
        label = (day, moment.astimezone(window.zone).hour)
        if label != before:
            yield moment.replace(tzinfo=None), *label
        before, moment = label, moment + QUARTER
