"""The figures of a letter, ready to be set: compared, by day, and by task. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.models.figures import HARDEST, DailyFigures, Figures, TaskFigures
from etl.texts import Catalogue
from etl.texts.conventions import NO_BREAK_SPACE

NAME_CHARACTERS_AT_MOST = 40
GIVEN_NAME_CHARACTERS_AT_MOST = 100
BLOCKS_AT_MOST = 20
NOTHING = "–"
SAME = "="
# Open edX calls a block `<host>-<32 hexadecimal digits>`; other systems write UUIDs.
HOST_BEFORE_HASH = re.compile(r"^[\w-]+(\.[\w-]+)+-(?=[0-9a-f]{12,}$)")
HASH = re.compile(r"\b([0-9a-f]{8})(?:[0-9a-f]{4,}|(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")


@dataclass(frozen=True)
class Compared:
    """A figure, the same of the days before, and the change; empty where these are not known."""

    label: str
    value: str
    before: str = ""
    change: str = ""


@dataclass(frozen=True)
class Day:
    """A day's figures; `share` is the length of its bar in percent of the longest."""

    label: str
    attempts: str
    students: str
    runs: str
    submits: str
    success: str
    line: str
    share: int

    @property
    def blocks(self) -> str:
        return "█" * -(-self.share * BLOCKS_AT_MOST // 100)


@dataclass(frozen=True)
class Task:
    """A task with names that fit a phone; `details` are its figures besides the success.

    `address` is the task's in the LMS, or empty.
    """

    name: str
    course: str
    success: str
    details: str
    address: str


def compared(now: Figures, before: Figures | None, t: Catalogue) -> list[Compared]:
    words = t.letter
    counts = (
        (words.students, "users"),
        (words.attempts, "attempts"),
        (words.runs, "runs"),
        (words.submits, "submits"),
        (words.correct, "correct"),
    )
    rows = []
    for label, name in counts:
        count = getattr(now, name)
        earlier = getattr(before, name) if before else None
        changes = ("", "") if earlier is None else (t.number(earlier), change(count, earlier, t))
        rows.append(Compared(label, t.number(count), *changes))
    changes = (success_of(before, t), _points(now, before, t)) if before else ("", "")
    return [*rows, Compared(words.success, success_of(now, t), *changes)]


def change(now: int, before: int, t: Catalogue) -> str:
    """The change in percent, to whole ones."""
    if now == before:
        return SAME
    if not before:
        return t.letter.new
    percent = abs(now - before) / before * 100
    amount = t.percent(percent, 0) if percent >= 1 else f"<{NO_BREAK_SPACE}{t.percent(1, 0)}"
    return _with_arrow(amount, is_rise=now > before)


def _points(now: Figures, before: Figures, t: Catalogue) -> str:
    """A share changes by percentage points: from 40 % to 44 % it is 4 of them, and not a tenth."""
    if not now.submits:
        return NOTHING
    if not before.submits:
        return t.letter.new
    points = round(now.success_percent - before.success_percent, 2)
    if not points:
        return SAME
    amount = f"{t.number(abs(points))}{NO_BREAK_SPACE}{t.letter.percent_points}"
    return _with_arrow(amount, is_rise=points > 0)


def _with_arrow(amount: str, *, is_rise: bool) -> str:
    return f"{'▲' if is_rise else '▼'}{NO_BREAK_SPACE}{amount}"


def success_of(figures: Figures, t: Catalogue) -> str:
    """Nothing without submissions, where the sheet has 0."""
    return t.percent(figures.success_percent) if figures.submits else NOTHING


def by_day(figures: Sequence[DailyFigures], t: Catalogue) -> list[Day]:
    longest = max((day.attempts for day in figures), default=0)
    return [_day(day, longest, t) for day in figures]


def _day(day: DailyFigures, longest: int, t: Catalogue) -> Day:
    label, success = t.day_with_weekday(day.day), success_of(day, t)
    facts = {**vars(day), "day": label, "students": day.users, "success": success}
    return Day(
        label=label,
        attempts=t.number(day.attempts),
        students=t.number(day.users),
        runs=t.number(day.runs),
        submits=t.number(day.submits),
        success=success,
        line=t.fill(t.letter.day_line, facts),
        share=-(-100 * day.attempts // longest) if longest else 0,
    )


def hardest(tasks: Sequence[TaskFigures], t: Catalogue) -> list[Task]:
    return [_task(task, t) for task in tasks[:HARDEST]]


def _task(task: TaskFigures, t: Catalogue) -> Task:
    words = t.letter
    details = [t.fill(words.task_details, vars(task))]
    if task.first_try_percent is not None:
        share = t.percent(task.first_try_percent)
        details.append(t.fill(words.task_first_try, {"share": share}))
    if task.median_attempts is not None:
        details.append(t.fill(words.task_median, {"count": task.median_attempts}))
    elif task.success_percent is not None:
        details.append(words.task_unsolved)
    success = NOTHING if task.success_percent is None else t.percent(task.success_percent)
    name, course = _name(task.task_name, task.task), _name(task.course_name, task.course)
    return Task(name, course, success, " · ".join(details), task.address)


def _name(given: str, own_id: str) -> str:
    """What people call it is left as it is; only its length has an end."""
    if not given:
        return short_name(own_id)
    limit = GIVEN_NAME_CHARACTERS_AT_MOST
    return given if len(given) <= limit else f"{given[: limit - 1]}…"


def short_name(name: str) -> str:
    """A course or task as people can take it in: no hash is shown whole, no name without end."""
    plain = HOST_BEFORE_HASH.sub("", name.removeprefix("course-v1:")).replace("+", " ")
    short = " ".join(HASH.sub(r"\1…", plain).split())
    if len(short) <= NAME_CHARACTERS_AT_MOST:
        return short
    return f"{short[: NAME_CHARACTERS_AT_MOST - 13]}…{short[-12:]}"
