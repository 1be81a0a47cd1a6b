"""Records read from the database that name no student: figures, and the journal of runs."""

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
    """Counts over some days: `attempts` are `runs` and `submits`, `correct` the right submits.

    `users` are distinct students.
    """

    attempts: int
    users: int
    correct: int
    runs: int
    submits: int

    @property
    def success_percent(self) -> float:
        """Percentage of correct submits, two decimals; 0 without submits."""
        return round(100 * self.correct / self.submits, 2) if self.submits else 0.0


@dataclass(frozen=True)
class DailyFigures(Figures):
    """Figures of one day, as the database has them and the sheet shows them."""

    day: date


@dataclass(frozen=True)
class TaskFigures:
    """Figures of one task over some days. Shares are in percent, two decimals.

    `first_try_percent`: students whose first submit was correct, among all who submitted.
    `median_attempts`: runs and submits up to and including the first correct submit, among students
    who had one. None: no submit, or no success. Names are those of TASK_NAMES_FILE; `address` is
    the task's in the LMS, if it was looked up. An unknown name or address is empty.
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
    """Number of students active on a day or in a month, by how long ago they were active before.

    `start` is that day, or the first of that month; `since` counts days or months. None: never
    before, or, for days, EXACT_DAYS (of a course EXACT_COURSE_DAYS) or more ago.
    """

    start: date
    since: int | None
    students: int


@dataclass(frozen=True)
class Cohort:
    """Students whose first week begins on Monday `start`; `active` counts them by week since."""

    start: date
    active: Sequence[int]


@dataclass(frozen=True)
class Students:
    """Counts that name nobody, from which the page adds up the distinct students of any days.

    `last_seen`: by day, students active for the last time. The rest is known for all courses
    together only. `before`: by each of `SPANS`, students of the equally many days just before.
    """

    days: Sequence[Returning]
    last_seen: Mapping[date, int]
    before: Mapping[int, int]
    months: Sequence[Returning]
    cohorts: Sequence[Cohort]


@dataclass(frozen=True)
class CourseFigures:
    """Figures and students of one course; `days` are those with attempts, ascending."""

    course: str
    days: Sequence[DailyFigures]
    students: Students


@dataclass(frozen=True)
class Quarantine:
    """Count of records rejected for `reason`, a code of `Reason`; `waiting`: not accepted since."""

    reason: str
    records: int
    waiting: int


@dataclass(frozen=True)
class JournalRow:
    """A row of `etl_runs`, one run; moments are local, `days` the first and last of its window.

    Runs of earlier versions have no `command`, `version` and `failure`.
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
        """Counts including a slice with too many bad records; `received` exceeds their sum."""
        if not self.failure or self.failure["problem"] != Problem.TOO_MANY_REJECTED:
            return self.counts
        refused = Counts(received=self.failure["received"], rejected=self.failure["rejected"])
        return self.counts + refused


@dataclass(frozen=True)
class PageFigures:
    """Everything that the page shows.

    `days` has every day from the first known to the last, ascending, zeros included. `courses` has
    the busiest courses, sorted by name; it is empty if there is only one course. `tasks` maps a
    number of days (7: the last 7) to the tasks tried in them, hardest first. `unloaded` are the
    days between the first and the last slice that are not loaded to their end. `runs` are the last
    runs, newest first.
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
    """Figures of earlier runs and weeks, to compare a run with.

    `attempts` has, by day, those of the same weekday in the weeks before; `rejected_share` is None
    while too few records are known; `failed_runs` counts cron's since the last that succeeded.
    """

    attempts: Mapping[date, Sequence[int]]
    rejected_share: float | None
    failed_runs: int
    failed_since: datetime | None


@dataclass(frozen=True)
class ReportDebt:
    """Slices that the sheet does not show yet, and the days that they touch."""

    slice_ids: tuple[int, ...]
    days: tuple[date, ...]


@dataclass(frozen=True)
class Journal:
    """The last runs, newest first, and the state of loading, sheet and quarantine.

    All is loaded until `loaded_until` (local), except the days `unloaded`; `last_due_at` is when
    the last run without chosen days began. `owed` are days that the sheet lacks;
    `quarantine` counts the open records by code of `Reason`.
    """

    runs: Sequence[JournalRow] = ()
    loaded_until: datetime | None = None
    unloaded: Sequence[date] = ()
    last_due_at: datetime | None = None
    owed: Sequence[date] = ()
    quarantine: Mapping[str, int] = field(default_factory=dict)
