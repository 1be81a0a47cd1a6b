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
    """Counts of students' attempts over some days; `attempts` is the sum of `runs` and `submits`.

    A run tries code without a verdict. `correct` counts right submits, `users` distinct students.
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
    """Counts of students' attempts on one day, as database and Google Sheet show them."""

    day: date


@dataclass(frozen=True)
class TaskFigures:
    """Figures of one task over some days. Shares are in percent, two decimals.

    `first_try_percent`: students whose first submit was correct, among all who submitted.
    `median_attempts`: runs and submits up to and including the first correct submit, among students
    who had one. None: no submit, or no correct one. Names are those of TASK_NAMES_FILE; `address`
    is the task's URL in the LMS. An unknown name or address is empty.
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
    """The number of students active on a day or in a month, by how long before they were active.

    `start` is the day, or the month's first; `since` is the number of days or months since then. It
    is None if never, or, in days, EXACT_DAYS (of one course EXACT_COURSE_DAYS) or more ago.
    """

    start: date
    since: int | None
    students: int


@dataclass(frozen=True)
class Cohort:
    """Students first active in the week from Monday `start`: `active` counts them by week since."""

    start: date
    active: Sequence[int]


@dataclass(frozen=True)
class Students:
    """Counts of students without ids; the dashboard adds them up to distinct students of any days.

    `last_seen`: by day, students active for the last time. Only for all courses: `months`,
    `cohorts`, and `before`: by each number n of `SPANS`, students of the n days before the last n.
    """

    days: Sequence[Returning]
    last_seen: Mapping[date, int]
    before: Mapping[int, int]
    months: Sequence[Returning]
    cohorts: Sequence[Cohort]


@dataclass(frozen=True)
class CourseFigures:
    """Counts of attempts and students in one course; `days` has days with attempts, ascending."""

    course: str
    days: Sequence[DailyFigures]
    students: Students


@dataclass(frozen=True)
class Quarantine:
    """The number of records rejected for one `Reason`; `waiting` are those not accepted since."""

    reason: str
    records: int
    waiting: int


@dataclass(frozen=True)
class JournalRow:
    """One run, as in the table `etl_runs`; moments are local, `days` the window's first and last.

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
        """The run's counts, with a slice refused for bad records; `received` exceeds their sum."""
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
    them, hardest first. `unloaded` are the days between the first and the last loaded ones that are
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
    """Figures of earlier runs and weeks, to compare a run with.

    `attempts` has, by day, those on the same weekday of the weeks before; `rejected_share` is None
    while too few records are known; `failed_runs` counts cron's since the last success.
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

    All is loaded until `loaded_until` (local), except the days `unloaded`; `last_due_at` is when
    the last run without --from began. `owed` are days that the sheet lacks; `quarantine` counts the
    records not accepted yet by code of `Reason`.
    """

    runs: Sequence[JournalRow] = ()
    loaded_until: datetime | None = None
    unloaded: Sequence[date] = ()
    last_due_at: datetime | None = None
    owed: Sequence[date] = ()
    quarantine: Mapping[str, int] = field(default_factory=dict)
