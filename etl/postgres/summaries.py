"""The summaries: tasks, what each student did on each task on each day, and each hour's attempts.

`attempts` is the only truth. Whole days are counted anew out of it, so that it does not matter who
changed them, how often, or in which order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.window import Window, midnight
from etl.postgres import student_task_days
from etl.postgres.counting import ATTEMPTS_AT_ONCE, Attempts, Counted, Hours, Place, count
from etl.postgres.layouts import archived_days
from etl.postgres.statements import statement
from etl.postgres.tasks import tasks_of

if TYPE_CHECKING:
    import pandas as pd

# Clocks of all time zones are set by whole quarters of an hour.
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
DAYS_AT_ONCE = 7
ROWS_AT_ONCE = 10_000

# Of the attempts of an hour: how many, and their checksum.
Sums = Mapping[Place, tuple[int, int]]


def count_days(
    at: cursor,
    days: Iterable[date],
    zone: ZoneInfo,
    *,
    stored: Attempts | None = None,
) -> None:
    """Counts those days anew, in the caller's transaction.

    `stored`: what this transaction has stored; where a span has nothing else, it is not read again.
    """
    for window in _weeks(days, zone):
        for part, sums in _parts(at, window):
            counted = _counted(at, part, sums, stored)
            span = part.first_and_last_day()
            at.execute(statement("delete_hours"), span)
            at.execute(statement("insert_hours"), _columns_of_hours(counted, sums))
            student_task_days.replace(at, counted.student_task_days, span)


def repair_days(at: cursor, days: Iterable[date], zone: ZoneInfo) -> list[date]:
    """Counts those of the days anew that other hands have changed since; returns them."""
    changed: set[date] = set()
    for window in _weeks(days, zone):
        changed |= _changed_days(at, window)
    return _count_again(at, changed, zone)


def _changed_days(at: cursor, window: Window) -> set[date]:
    """Those whose attempts have other checksums, or whose two summaries have other totals."""
    at.execute(statement("stored_hours"), window.first_and_last_day())
    sums, totals = {}, Counter[tuple[date, int]]()
    for day, hour, *counts, checksum in at.fetchall():
        sums[day, hour] = (counts[0] + counts[1], checksum)
        totals.update({(day, kind): number for kind, number in enumerate(counts)})
    at.execute(statement("student_task_day_totals"), window.first_and_last_day())
    for day, *counts in at.fetchall():
        totals.subtract({(day, kind): number for kind, number in enumerate(counts)})
    return {day for (day, _), number in totals.items() if number} | {
        day for (day, _), _ in sums.items() ^ _sums(at, window).items()
    }


def recount_days(at: cursor, days: Iterable[date], zone: ZoneInfo) -> list[date]:
    """The same by counting all of them: changed summaries are found too, but for `is_only_day`."""
    changed: set[date] = set()
    for window in _weeks(days, zone):
        for part, sums in _parts(at, window):
            counted = _counted(at, part, sums)
            span = part.first_and_last_day()
            at.execute(statement("stored_hours"), span)
            rows = zip(*_columns_of_hours(counted, sums).values(), strict=True)
            changed |= {day for day, *_ in {*at.fetchall()} ^ {*rows}}
            changed |= student_task_days.differing_days(at, counted.student_task_days, span)
    return _count_again(at, changed, zone)


def _count_again(at: cursor, changed: set[date], zone: ZoneInfo) -> list[date]:
    days = sorted(changed - archived_days(at, zone)) if changed else []
    count_days(at, days, zone)
    return days


def _parts(at: cursor, window: Window) -> Iterator[tuple[Window, Sums]]:
    """The window, or each of its days where it has more attempts than are counted at once."""
    sums = _sums(at, window)
    if sum(attempts for attempts, _ in sums.values()) <= ATTEMPTS_AT_ONCE:
        yield window, sums
        return
    for day in window.days():
        of_day = {place: of_hour for place, of_hour in sums.items() if place[0] == day}
        yield Window.of_days(day, day, window.zone), of_day


def _sums(at: cursor, window: Window) -> Sums:
    hours = _hours(window)
    at.execute(statement("checksums"), {**window.columns(), "starts": hours.starts})
    sums: dict[Place, tuple[int, int]] = {}
    for index, attempts, checksum in at.fetchall():
        place = (hours.days[index], hours.numbers[index])
        before = sums.get(place, (0, 0))  # when clocks are set back, one hour comes in two parts
        sums[place] = (before[0] + attempts, before[1] + checksum)
    return sums


def _counted(at: cursor, window: Window, sums: Sums, stored: Attempts | None = None) -> Counted:
    attempts = stored and stored.between(window)
    if attempts is None or len(attempts) != sum(attempts for attempts, _ in sums.values()):
        attempts = _read(at, window)
    return count(attempts, tasks_of(at, attempts.pairs), _hours(window))


def _read(at: cursor, window: Window) -> Attempts:
    attempts = Attempts()
    with at.connection.cursor("attempts_to_count") as rows:
        rows.execute(statement("attempts_to_count"), window.columns())
        while some := rows.fetchmany(ROWS_AT_ONCE):
            attempts.add(*map(list, zip(*some, strict=True)))
    return attempts


def _columns_of_hours(counted: Counted, sums: Sums) -> dict[str, list[Any]]:
    places = counted.hours.items()
    return {
        "days": [day for (day, _), _ in places],
        "hours": [hour for (_, hour), _ in places],
        "runs": [runs for _, (runs, _, _) in places],
        "submits": [submits for _, (_, submits, _) in places],
        "correct": [correct for _, (_, _, correct) in places],
        # 0: committed by others a moment ago. The next run looks again.
        "checksums": [sums.get(place, (0, 0))[1] for place, _ in places],
    }


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


def _hours(window: Window) -> Hours:
    """The window must be of whole days."""
    starts, days, numbers = zip(*_beginnings(window, window.days()), strict=True)
    return Hours([*starts], days, numbers)


def _beginnings(window: Window, days: Sequence[date]) -> Iterator[tuple[datetime, date, int]]:
    """The moment in naive UTC at which an hour of a day begins, that day and that hour."""
    midnights = {midnight(day, window.zone): day for day in days}
    moment, day, before = window.start, days[0], None
    while moment < window.end:
        day = midnights.get(moment, day)
        label = (day, moment.astimezone(window.zone).hour)
        if label != before:
            yield moment.replace(tzinfo=None), *label
        before, moment = label, moment + QUARTER
