"""What the database says without naming a student: figures, and the journal of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from etl.models.errors import Problem
from etl.models.records import Counts


def percent(correct: int, submits: int) -> float:
    """Correct submits in 100 submits, two decimals; 0 without submits."""
    return round(100 * correct / submits, 2) if submits else 0.0


# A task with fewer submits is never among the hardest: one mistake would make it the first.
FEW_SUBMITS = 10
# So many tasks the letter has.
HARDEST = 5
# By course and task; a course's own name by an empty task.
TaskNames = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Figures:
    """Attempts counted over some time; `users` are different students, `correct` counts submits."""

    attempts: int
    users: int
    correct: int
    runs: int
    submits: int

    @property
    def success_percent(self) -> float:
        return percent(self.correct, self.submits)


@dataclass(frozen=True)
class DailyFigures(Figures):
    """One day as the database has it, and as the sheet shows it."""

    day: date


@dataclass(frozen=True)
class TaskFigures:
    """One task over some time. Shares are in percent, two decimals.

    `first_try_percent` is of the students who submitted: whose first submit was correct.
    `median_attempts` are runs and submits up to and with the first correct submit, of those who
    got there. None: no submit, or no success. The names are those of TASK_NAMES_FILE; `address` is
    the task's in the LMS, where it was looked for. Any of the three is empty where it is not known.
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


@dataclass(frozen=True)
class PageTask(TaskFigures):
    """A task as the page shows it."""

    submits: int = 0


Hour = tuple[date, int]

# Spans that end with the last day, which the page offers besides the whole history.
SPANS = (7, 28, 90, 365)
# Different students are known for any span of up to so many days: of all courses, of one.
EXACT_DAYS, EXACT_COURSE_DAYS = 31, 7
# So many weeks after their first one students are followed.
LATER_WEEKS = 12
# More courses than these, the busiest, or more days of them all would make the page too large.
COURSES, COURSE_DAYS = 20, 36_500


@dataclass(frozen=True)
class Returning:
    """Students active in a day or month that begins with `start` and, before that, `since` days or
    months earlier. None: never, or, of days, longer ago than is told apart.
    """

    start: date
    since: int | None
    students: int


@dataclass(frozen=True)
class Cohort:
    """Students whose first week begins on the Monday `start`, by weeks since: who was active."""

    start: date
    active: Sequence[int]


@dataclass(frozen=True)
class Students:
    """Counts that different students of spans are added up from, without naming anybody.

    `last_seen` has, by day, those who were not active after it. The rest is known for all courses
    only: `before`, by the length of one of `SPANS`, those of the equally long span just before it.
    """

    days: Sequence[Returning]
    last_seen: Mapping[date, int]
    before: Mapping[int, int]
    months: Sequence[Returning]
    cohorts: Sequence[Cohort]


@dataclass(frozen=True)
class CourseHistory:
    """`days` are those with attempts, ascending."""

    course: str
    days: Sequence[DailyFigures]
    students: Students


@dataclass(frozen=True)
class Quarantine:
    """Records rejected for `reason`, a code of `Reason`; `waiting`: not accepted since."""

    reason: str
    records: int
    waiting: int


@dataclass(frozen=True)
class JournalRow:
    """One run as `etl_runs` has it; moments are local, `days` the first and last of its window.

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
        """What became of all its records is unknown, so these counts do not add up."""
        if not self.failure or self.failure["problem"] != Problem.TOO_MANY_REJECTED:
            return self.counts
        refused = Counts(received=self.failure["received"], rejected=self.failure["rejected"])
        return self.counts + refused


@dataclass(frozen=True)
class History:
    """`days` has every day from the first to the last that is known, ascending, zeros included.

    `courses` has the busiest ones by name, and none where there is only one.
    `tasks` has, by their number, those of the last so many days, hardest first; `unloaded` are days
    between the first and the last slice of which none holds the whole; `runs` are the last, newest
    first.
    """

    days: Sequence[DailyFigures]
    students: Students
    courses: Sequence[CourseHistory]
    hours: Mapping[Hour, int]
    tasks: Mapping[int, Sequence[PageTask]]
    quarantine: Sequence[Quarantine]
    unloaded: Sequence[date]
    runs: Sequence[JournalRow]


@dataclass(frozen=True)
class Usual:
    """What earlier runs were like, for comparison.

    `attempts` has, by day, those of the same weekday in the weeks before; `rejected_share` is None
    as long as too few records are known; `failed_runs` are cron's since the last good one.
    """

    attempts: Mapping[date, Sequence[int]]
    rejected_share: float | None
    failed_runs: int
    failed_since: datetime | None


@dataclass(frozen=True)
class ReportDebt:
    """Slices that no report has shown yet, and the days that they touch."""

    slice_ids: tuple[int, ...]
    days: tuple[date, ...]


@dataclass(frozen=True)
class Lately:
    """The last runs, newest first, and where things stand.

    All is loaded until `loaded_until` (local), except the days `unloaded`; `last_due_at` is when
    the last run began that no days were named for. `owed` are days that the sheet lacks,
    `quarantine` has the open records by their reason's code.
    """

    runs: Sequence[JournalRow] = ()
    loaded_until: datetime | None = None
    unloaded: Sequence[date] = ()
    last_due_at: datetime | None = None
    owed: Sequence[date] = ()
    quarantine: Mapping[str, int] = field(default_factory=dict)
