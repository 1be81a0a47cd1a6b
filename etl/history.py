"""What the dashboard is made of: the whole history, counted by day, without any student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from etl.models import DailyFigures, TaskFigures

Hour = tuple[date, int]


@dataclass(frozen=True)
class Returning:
    """How many of a day's students had been there before, last on `previous`; None: never."""

    day: date
    previous: date | None
    students: int


@dataclass(frozen=True)
class TaskDay:
    """What was done on one task on one day; `correct` counts submits."""

    day: date
    course: str
    task: str
    attempts: int
    submits: int
    correct: int


@dataclass(frozen=True)
class CohortWeek:
    """Of the students whose first week is `cohort`: those active in `week`; both are Mondays."""

    cohort: date
    week: date
    students: int


@dataclass(frozen=True)
class Quarantine:
    """Records rejected for `reason`, a code of `Reason`; `waiting`: not accepted since."""

    reason: str
    records: int
    waiting: int


@dataclass(frozen=True)
class JournalRow:
    """One run as `etl_runs` has it; `days` are the first and last day of its window."""

    started_at: datetime
    status: str
    days: tuple[date, date] | None
    received: int
    inserted: int
    rejected: int


@dataclass(frozen=True)
class History:
    """`days` has every day from the first to the last that is known, ascending, zeros included.

    `tasks` has the figures of the last so many days by their number; `unloaded` are days between
    the first and the last slice of which none holds the whole; `runs` are the last, newest first.
    """

    days: Sequence[DailyFigures]
    returning: Sequence[Returning]
    hours: Mapping[Hour, int]
    task_days: Sequence[TaskDay]
    tasks: Mapping[int, Sequence[TaskFigures]]
    cohorts: Sequence[CohortWeek]
    quarantine: Sequence[Quarantine]
    unloaded: Sequence[date]
    runs: Sequence[JournalRow]
