"""The summaries: tasks, what each student did on each task on each day, and each hour's attempts.

`attempts` is the only truth. Whole days are counted anew out of it, so that it does not matter who
changed them, how often, or in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from psycopg2.extensions import cursor

from etl.models.window import Window, midnight
from etl.postgres.statements import statement

# Clocks of all time zones are set by whole quarters of an hour.
QUARTER = timedelta(minutes=15)
LONGEST = timedelta(days=7)


def count_days(at: cursor, days: Window) -> None:
    """Counts the days that the window touches anew, in the caller's transaction."""
    facts = _facts(days)
    at.execute(statement("delete_hours"), facts)
    at.execute(statement("insert_hours"), facts)
    _count_student_task_days(at, facts)
    at.execute(statement("some_tasks_are_unknown"), facts)
    if at.fetchone() == (True,) and _learn_tasks(at, facts):
        _count_student_task_days(at, facts)
    at.execute(statement("unset_only_days"), facts)


def untrue_days(at: cursor, days: Window) -> list[date]:
    """Those that other hands have changed in `attempts` since they were counted."""
    at.execute(statement("untrue_days"), _facts(days))
    return [day for (day,) in at.fetchall()]


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


def unbroken(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Ascending days as first and last of each unbroken row of them, `LONGEST` at most."""
    first = last = None
    for day in days:
        if first and last and day - last == timedelta(days=1) and day - first < LONGEST:
            last = day
            continue
        if first and last:
            yield first, last
        first = last = day
    if first and last:
        yield first, last


def _facts(window: Window) -> dict[str, Any]:
    """What the statements ask for: whole days, and the moments at which days and hours begin."""
    days = window.days()
    whole = Window.of_days(days[0], days[-1], window.zone)
    parts = list(_parts(whole, days))
    return {
        **whole.columns(),
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
