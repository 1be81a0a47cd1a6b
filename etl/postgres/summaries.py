"""Counts the summaries: tables of tasks, of students' work by task and day, and of hours.

Reports read these. `attempts` is the only truth: whole days are counted anew out of it, so that it
does not matter who changed them, how often, or in which order.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from psycopg2.extensions import connection, cursor
from psycopg2.extras import execute_values

from etl.models.errors import LoadError, Problem
from etl.models.window import Window, day_ranges, midnight
from etl.postgres.copying import copy_rows, numbers, texts, tuples
from etl.postgres.counting import (
    ATTEMPTS_AT_ONCE,
    DEFINITION,
    Attempts,
    Column,
    Hour,
    Pair,
    Place,
    count,
    groups,
)
from etl.postgres.layouts import archived_days, wait_for_commits
from etl.postgres.session import one_row, transaction
from etl.postgres.statements import array_literal, statement

log = logging.getLogger(__name__)

EARLIEST = date(1900, 1, 1)
# Clocks of all time zones are set by whole quarters of an hour.
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
ROWS_AT_ONCE = 10_000
INSERT_HOURS = "INSERT INTO etl_hours (day, hour, runs, submits, correct, checksum) VALUES %s"
# At the usual cost the planner would read all of a large table to find some thousand rows of it.
CHEAP_LOOKUPS = "SET LOCAL random_page_cost = 0.1"
USUAL_LOOKUPS = "SET LOCAL random_page_cost TO DEFAULT"
# An id this long stands in no name by chance.
LONG_ID = 16

# By hour: how many attempts it has, and their checksum.
Sums = Mapping[Place, tuple[int, int]]
Columns = Mapping[str, Column]
# By text: the number, course and task that it names.
Known = dict[str, tuple[int, str, str]]


def count_days(
    at: cursor, days: Iterable[date], zone: ZoneInfo, *, stored: Attempts | None = None
) -> None:
    """Counts and stores the summaries of `days` in `zone` anew, in the caller's transaction.

    `days` must ascend. `stored` spares the reading of weeks whose attempts it has all.
    """
    for window in _weeks(days, zone):
        for some_days, sums in _countable(at, window):
            hours, counted = _counted(at, some_days, sums, stored)
            first_and_last = some_days.first_and_last_day()
            at.execute(statement("summaries.delete_days"), first_and_last)
            execute_values(at, INSERT_HOURS, hours)
            if len(counted["day"]):
                rows = {**counted, "is_only_day": _mark_only_days(at, counted, first_and_last)}
                copy_rows(at, f"COPY etl_student_task_days ({', '.join(rows)})", _tuples(rows))


def repair_days(at: cursor, days: Iterable[date], zone: ZoneInfo) -> list[date]:
    """Recounts those of the ascending `days` whose attempts have changed since; returns these."""
    changed = {day for window in _weeks(days, zone) for day in _changed_days(at, window)}
    return _count_again(at, changed, zone)


def _changed_days(at: cursor, window: Window) -> set[date]:
    """Returns the days whose attempts have changed checksums, or whose two summaries disagree."""
    at.execute(statement("summaries.stored_hours"), window.first_and_last_day())
    sums, totals = {}, Counter[tuple[date, int]]()
    for day, hour, *counts, checksum in at.fetchall():
        sums[day, hour] = (counts[0] + counts[1], checksum)
        totals.update({(day, kind): number for kind, number in enumerate(counts)})
    at.execute(statement("summaries.student_task_day_totals"), window.first_and_last_day())
    for day, *counts in at.fetchall():
        totals.subtract({(day, kind): number for kind, number in enumerate(counts)})
    return {day for (day, _), number in totals.items() if number} | {
        day for (day, _), _ in sums.items() ^ _sums(at, window).items()
    }


def _count_again(at: cursor, changed: set[date], zone: ZoneInfo) -> list[date]:
    days = sorted(changed - archived_days(at, zone)) if changed else []
    count_days(at, days, zone)
    return days


def _countable(at: cursor, window: Window) -> Iterator[tuple[Window, Sums]]:
    """Yields the window, or each of its days if it has more attempts than are counted at once."""
    sums = _sums(at, window)
    if sum(attempts for attempts, _ in sums.values()) <= ATTEMPTS_AT_ONCE:
        yield window, sums
        return
    for day in window.days():
        of_day = {place: of_hour for place, of_hour in sums.items() if place[0] == day}
        yield Window.of_days(day, day, window.zone), of_day


def _sums(at: cursor, window: Window) -> Sums:
    hours = _hours(window)
    starts = [start for start, _ in hours]
    at.execute(statement("summaries.checksums"), {**window.columns(), "starts": starts})
    sums: dict[Place, tuple[int, int]] = {}
    for index, attempts, checksum in at.fetchall():
        _, place = hours[index]
        before = sums.get(place, (0, 0))  # when clocks are set back, one hour comes in two parts
        sums[place] = (before[0] + attempts, before[1] + checksum)
    return sums


def _counted(
    at: cursor, window: Window, sums: Sums, stored: Attempts | None = None
) -> tuple[list[tuple[Any, ...]], Columns]:
    """Returns the days' rows of `etl_hours`, and their columns of `etl_student_task_days`."""
    attempts = stored and stored.between(window)
    if attempts is None or len(attempts) != sum(attempts for attempts, _ in sums.values()):
        attempts = _read(at, window)
    hours, student_task_days = count(attempts, tasks_of(at, attempts.pairs), _hours(window))
    # 0: others committed this hour a moment ago. The next run looks again.
    rows = [(*place, *counts, sums.get(place, (0, 0))[1]) for place, counts in hours.items()]
    return rows, student_task_days


def _read(at: cursor, window: Window) -> Attempts:
    attempts = Attempts()
    with at.connection.cursor("attempts_to_count") as rows:
        rows.execute(statement("summaries.attempts_to_count"), window.columns())
        while some := rows.fetchmany(ROWS_AT_ONCE):
            attempts.add(*map(list, zip(*some, strict=True)))
    return attempts


def _weeks(days: Iterable[date], zone: ZoneInfo) -> Iterator[Window]:
    """Yields windows of consecutive days out of ascending `days`, each a week at most."""
    for first, last in day_ranges([*days]):
        rest: Window | None = Window.of_days(first, last, zone)
        while rest:
            week = rest.first_slice(WEEK)
            yield week
            rest = rest.after(week)


def _hours(window: Window) -> list[Hour]:
    """Returns the hours of a window, which must be of whole days, ascending."""
    hours: list[Hour] = []
    midnights = {midnight(day, window.zone): day for day in window.days()}
    moment, day, before = window.start, window.outer_days[0], None
    while moment < window.end:
        day = midnights.get(moment, day)
        place = (day, moment.astimezone(window.zone).hour)
        if place != before:
            hours.append((moment.replace(tzinfo=None), place))
        before, moment = place, moment + QUARTER
    return hours


def _differing_days(at: cursor, counted: Columns, days: Mapping[str, date]) -> set[Any]:
    columns = ", ".join(counted)
    at.execute(
        f"SELECT {columns} FROM etl_student_task_days"  # noqa: S608 - our own names
        " WHERE day BETWEEN %(first_day)s AND %(last_day)s",
        days,
    )
    rows = zip(*(column.tolist() for column in counted.values()), strict=True)
    return {day for day, *_ in {*at.fetchall()} ^ {*rows}}


def _mark_only_days(at: cursor, counted: Columns, days: Mapping[str, date]) -> Column:
    """Returns which rows are a student's only day on a task; takes that mark from stored ones."""
    pair, first = groups(counted["user_id"], counted["task_id"])
    at.execute(CHEAP_LOOKUPS)
    at.execute(statement("summaries.tried_on_other_days"), {**days, **_pairs(counted, first)})
    found = np.array(at.fetchall(), np.int64).reshape(-1, 2)
    places, was_only = found[:, 0] - 1, found[:, 1] > 0
    at.execute(
        statement("summaries.unset_only_days"),
        {**days, **_pairs(counted, first[places[was_only]])},
    )
    at.execute(USUAL_LOOKUPS)
    is_only = np.bincount(pair) == 1
    is_only[places] = False
    marks: Column = is_only[pair]
    marks[counted["task_id"] == 0] = False
    return marks


def _pairs(counted: Columns, rows: Column) -> dict[str, str]:
    return {
        "users": array_literal(counted["user_id"][rows].tolist()),
        "tasks": array_literal(counted["task_id"][rows].tolist()),
    }


def _tuples(rows: Columns) -> Iterator[bytes]:
    for first in range(0, len(rows["day"]), ROWS_AT_ONCE):
        some = [column[first : first + ROWS_AT_ONCE] for column in rows.values()]
        yield tuples([texts(c.tolist()) if c.dtype == object else numbers(c) for c in some])


def tasks_of(at: cursor, pairs: Sequence[Pair]) -> list[int]:
    """Returns the `task_id` of each pair of student and `lis_result_sourcedid`; stores new tasks.

    It is 0 if the latter names no task, or if course or task contain the student's id.
    """
    texts = [text_of(pair) for pair in pairs]
    known = _known(at, {text for text in texts if text})
    students: dict[str, list[str]] = {}
    for (user, _), text in zip(pairs, texts, strict=True):
        if text and text not in known:
            students.setdefault(text, []).append(user)
    if students and _learn(at, students):
        known |= _known(at, students)
    return [task_in(text, user, known) for (user, _), text in zip(pairs, texts, strict=True)]


def text_of(pair: Pair) -> str | None:
    """Returns `lis_result_sourcedid` less the student's id at its end, like `task_text` in SQL."""
    user, text = pair
    return text and text.removesuffix(user)


def task_in(text: str | None, user: str, known: Known) -> int:
    """Returns the `task_id` that `known` has for `text`, a result of `text_of`; 0 if it has none.

    Also returns 0 if course or task contain the student's id `user`, which reports must not show.
    """
    if not text or text not in known:
        return 0
    task_id, course, task = known[text]
    if user in {course, task} or (len(user) >= LONG_ID and user in f"{course} {task}"):
        return 0
    return task_id


def _known(at: cursor, texts: Iterable[str]) -> Known:
    at.execute(statement("summaries.known_task_texts"), {"texts": [*texts]})
    return {text: (task_id, course, task) for text, task_id, course, task in at.fetchall()}


def _learn(at: cursor, students: dict[str, list[str]]) -> bool:
    """Stores the tasks that unknown texts name; returns whether there were any."""
    given = {
        "texts": [*students],
        "first_students": [min(users) for users in students.values()],
        "last_students": [max(users) for users in students.values()],
    }
    at.execute(statement("summaries.new_task_texts"), given)
    read_out = at.fetchall()
    if read_out:
        texts, courses, tasks = map(list, zip(*read_out, strict=True))
        named = {"texts": texts, "courses": courses, "tasks": tasks}
        at.execute(statement("summaries.insert_tasks"), named)
        at.execute(statement("summaries.insert_task_texts"), named)
    return bool(read_out)


def rebuild(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> str:
    """Counts the summaries of all days anew, one week per transaction; writes what differs.

    Returns a text such as "7 days counted"; `show` gets texts of progress. Readers see a day's old
    figures or its new ones; the next run finishes a killed rebuild.
    """
    with transaction(session) as at:
        begin_rebuild(at, zone)
    return resume_rebuild(session, zone, show)


def begin_rebuild(at: cursor, zone: ZoneInfo) -> None:
    """Marks the summaries as in days of `zone`, and incomplete until `resume_rebuild` has ended."""
    at.execute(statement("summaries.begin_rebuild"), {**_definition(zone), "first_day": EARLIEST})


def bring_up_to_date(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> None:
    """Counts the summaries anew if they are missing, of another zone or of another definition.

    Also finishes a rebuild that was interrupted. `show` gets texts of progress.
    """
    with transaction(session) as at:
        is_current, is_whole = _state(at, zone)
        if not is_current:
            begin_rebuild(at, zone)
    if not (is_current and is_whole):
        log.info("load: the summaries are counted out of attempts, days of %s", zone.key)
        log.info("load: %s", resume_rebuild(session, zone, show))


def require_whole(at: cursor, zone: ZoneInfo) -> None:
    """Raises `LoadError` if `bring_up_to_date` would have something to do."""
    (exists,) = one_row(at, "SELECT to_regclass('etl_summaries') IS NOT NULL")
    if not exists or _state(at, zone) != (True, True):
        raise LoadError(Problem.SUMMARIES_MISSING)


def resume_rebuild(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> str:
    """Finishes a begun rebuild; `show` gets texts of progress. Returns one: "7 days counted"."""
    counted = 0
    while True:
        with transaction(session) as at:
            wait_for_commits(at)
            window = _next_days(at, zone)
            if window is None:
                at.execute("UPDATE etl_summaries SET rebuilt_from = NULL, rebuilt_at = now()")
                archived = len(archived_days(at, zone))
                left = f", {archived} archived ones left alone" if archived else ""
                return f"{counted} days counted{left}"
            counted += _recount(at, window)
            following = window.outer_days[1] + DAY
            at.execute("UPDATE etl_summaries SET rebuilt_from = %s", [following])
        show(f"counting the attempts of {window}")


def _recount(at: cursor, window: Window) -> int:
    """Counts the days and returns how many were written.

    Days that are right are only read: writing them anew would bloat the table. Unlike `repair_days`
    this finds changed summaries as well, except for `is_only_day`.
    """
    at.execute(statement("summaries.stored_hours"), window.first_and_last_day())
    if not at.fetchall():  # there is nothing to compare with
        return len(_count_again(at, {*window.days()}, window.zone))
    changed: set[date] = set()
    for some_days, sums in _countable(at, window):
        hours, student_task_days = _counted(at, some_days, sums)
        first_and_last = some_days.first_and_last_day()
        at.execute(statement("summaries.stored_hours"), first_and_last)
        changed |= {day for day, *_ in {*at.fetchall()} ^ {*hours}}
        changed |= _differing_days(at, student_task_days, first_and_last)
    return len(_count_again(at, changed, window.zone))


def _next_days(at: cursor, zone: ZoneInfo) -> Window | None:
    """Returns the next week in which `attempts` or the summaries have a day; None at the end."""
    (start,) = one_row(at, "SELECT rebuilt_from FROM etl_summaries")
    since = {"day": start, "moment": midnight(start, zone).replace(tzinfo=None)}
    moment, counted_day = one_row(at, statement("summaries.next_day_to_rebuild"), since)
    days = [counted_day] if counted_day else []
    if moment:
        days.append(moment.replace(tzinfo=UTC).astimezone(zone).date())
    if not days:
        return None
    first = min(days)
    return Window.of_days(first, first + WEEK - DAY, zone)


def _state(at: cursor, zone: ZoneInfo) -> tuple[bool, bool]:
    """Returns whether the summaries are of this zone and definition, and whether they are whole."""
    row = one_row(at, "SELECT time_zone, definition, rebuilt_from FROM etl_summaries")
    if row is None:
        return False, False
    time_zone, definition, rebuilt_from = row
    asked = _definition(zone)
    is_current = (time_zone, definition) == (asked["time_zone"], asked["definition"])
    return is_current, rebuilt_from is None


@cache
def _definition(zone: ZoneInfo) -> dict[str, str]:
    # SQL reads the texts, and may change without anybody thinking of `DEFINITION`.
    texts = re.sub(r"--.*", "", statement("summaries.new_task_texts"))
    read = sha256(texts.encode()).hexdigest()[:12]
    return {"time_zone": zone.key, "definition": f"{DEFINITION}-{read}"}
