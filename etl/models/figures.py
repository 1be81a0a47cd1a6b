"""Data read from the database that name no student: figures, and the journal of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from etl.models.errors import Problem
from etl.models.records import Counts

# A task with fewer submits is never among the hardest: one mistake would make it the first.
FEW_SUBMITS = 10
# Number of tasks in the letter.
HARDEST = 5
# Names by (course, task); the name of the course itself has an empty task.
TaskNames = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Figures:
    """Counts of students' attempts over some days; `attempts` is the sum of `runs` and `submits`.

    A run tries a student's code, a submit is judged. `correct`: right submits; `users`: students.
    """

    attempts: int
    users: int
    correct: int
    runs: int
    submits: int

    @property
    def success_percent(self) -> float:
        """The percentage of correct submits among all submits, two decimals; 0 without submits."""
        return round(100 * self.correct / self.submits, 2) if self.submits else 0.0


@dataclass(frozen=True)
class DailyFigures(Figures):
    """Counts of students' attempts on one day in TIME_ZONE: a row of the Google Sheet."""

    day: date


@dataclass(frozen=True)
class TaskFigures:
    """Figures of one task over some days; shares are in percent with two decimals.

    `first_try_percent`: students whose first submit was correct, among all who submitted.
    `success_percent`: correct submits among all. `median_attempts`: attempts up to and including
    the first correct submit, over students who have one. They are None without (correct) submits.
    Names come from TASK_NAMES_FILE, `address` is the task's URL in the LMS; empty if unknown.
    """

    course: str
    task: str
    attempts: int
    students: int
    first_try_percent: float | None
    success_percent: float | None
    median_attempts: float | None
    course_name: str = ""
    task_name: str = ""
    address: str = ""
    submits: int = 0


# Numbers of last days that the page offers besides the whole history.
SPANS = (7, 28, 90, 365)
# Distinct students are known for any days in a row up to this many: all courses, one course.
EXACT_DAYS, EXACT_COURSE_DAYS = 31, 7
# Number of weeks for which students are followed after their first week.
LATER_WEEKS = 12
# The busiest courses, and days of all of them: more would make the page too large.
COURSES, COURSE_DAYS = 20, 36_500


@dataclass(frozen=True)
class Returning:
    """The number of students active on a day or in a month, by when they had last been active.

    `start` is the day, or the month's first. `since` is how many days or months earlier that was;
    None means never, and for a day also EXACT_DAYS or more (in a course EXACT_COURSE_DAYS).
    """

    start: date
    since: int | None
    students: int


@dataclass(frozen=True)
class Cohort:
    """Students new in the week of Monday `start`; `active[n]` of them were active n weeks later."""

    start: date
    active: Sequence[int]


@dataclass(frozen=True)
class Students:
    """Counts, without ids, from which the dashboard computes the distinct students of any days.

    `last_seen` counts students by their last active day; `before`, for each n in `SPANS`, those of
    the n days before the last n days. For one course `before`, `months`, `cohorts` are empty.
    """

    days: Sequence[Returning]
    last_seen: Mapping[date, int]
    before: Mapping[int, int]
    months: Sequence[Returning]
    cohorts: Sequence[Cohort]


@dataclass(frozen=True)
class CourseFigures:
    """Counts of attempts and students in one course; `days`, ascending, omits days without any."""

    course: str
    days: Sequence[DailyFigures]
    students: Students


@dataclass(frozen=True)
class Quarantine:
    """The number of records rejected for one `Reason`; `waiting` of them are not accepted yet."""

    reason: str
    records: int
    waiting: int


@dataclass(frozen=True)
class JournalRow:
    """One run, as in the table `etl_runs`; moments are in TIME_ZONE.

    `days`: the window's first and last. Runs of old versions lack `command`, `version`, `failure`.
    """

    id: int
    started_at: datetime
    finished_at: datetime | None
    status: str
    command: str | None
    version: str | None
    failed_stage: str | None
    error: str | None
    failure: Mapping[str, Any] | None
    days: tuple[date, date] | None
    counts: Counts

    @property
    def was_killed(self) -> bool:
        return self.finished_at is None and self.status != "running"

    @property
    def with_refused_slice(self) -> Counts:
        """The counts, with `received` and `rejected` of a slice refused for bad records, if any."""
        if not self.failure or self.failure["problem"] != Problem.TOO_MANY_REJECTED:
            return self.counts
        refused = Counts(received=self.failure["received"], rejected=self.failure["rejected"])
        return self.counts + refused


@dataclass(frozen=True)
class PageFigures:
    """All figures that the dashboard's page shows.

    `days` has every day from the first known to the last, ascending, zeros included. `courses` has
    the busiest courses, sorted by name; it is empty if there is only one course. `hours` counts
    attempts by day and hour. `tasks` maps a number of days (7: the last 7) to the tasks tried in
    them, hardest first. `unloaded` are the days between the first and the last loaded one that are
    not loaded to their end. `runs` are the last runs, newest first.
    """

    days: Sequence[DailyFigures]
    students: Students
    courses: Sequence[CourseFigures]
    hours: Mapping[tuple[date, int], int]
    tasks: Mapping[int, Sequence[TaskFigures]]
    quarantine: Sequence[Quarantine]
    unloaded: Sequence[date]
    runs: Sequence[JournalRow]


@dataclass(frozen=True)
class Usual:
    """Figures of earlier runs and weeks, with which a run is compared.

    `attempts` maps a day to the attempts on the same weekday of earlier weeks. `rejected_share` (0
    to 1) is None while too few records are known. `failed_runs` counts the scheduled runs that
    failed since the last success; the first of them began at `failed_since`.
    """

    attempts: Mapping[date, Sequence[int]]
    rejected_share: float | None
    failed_runs: int
    failed_since: datetime | None


@dataclass(frozen=True)
class ReportDebt:
    """Loaded slices (`etl_slices.id`) that the Google Sheet does not show yet, and their days."""

    slice_ids: tuple[int, ...]
    days: tuple[date, ...]


@dataclass(frozen=True)
class Journal:
    """The last runs, newest first, and the state of loading, Google Sheet and quarantine.

    All is loaded until `loaded_until`, except the days `unloaded`; `last_due_at` is when the last
    run without --from began (both in TIME_ZONE). The sheet does not show the days `owed` yet;
    `quarantine` counts the records not accepted yet, by code of `Reason`.
    """

    runs: Sequence[JournalRow] = ()
    loaded_until: datetime | None = None
    unloaded: Sequence[date] = ()
    last_due_at: datetime | None = None
    owed: Sequence[date] = ()
    quarantine: Mapping[str, int] = field(default_factory=dict)
