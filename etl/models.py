"""The records that travel between stages: a data dictionary, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from etl.windows import Window

if TYPE_CHECKING:
    import pandas as pd

    from etl.records.json_array import Piece


class Stage(StrEnum):
    """Where a run is; the journal's `failed_stage` holds these words."""

    CONFIGURATION = "configuration"
    EXTRACT = "extract"
    TRANSFORM = "transform"
    LOAD = "load"
    REPORT = "report"
    NOTIFY = "notify"


class Reason(StrEnum):
    """Why a record is in the quarantine; `rejected_attempts.reason` holds these codes."""

    NOT_AN_OBJECT = "not_an_object"
    USER_ID_MISSING = "user_id_missing"
    USER_ID_INVALID = "user_id_invalid"
    ATTEMPT_TYPE_UNKNOWN = "attempt_type_unknown"
    CREATED_AT_INVALID = "created_at_invalid"
    VERDICT_INVALID = "verdict_invalid"
    VERDICT_ON_RUN = "verdict_on_run"
    VERDICT_MISSING = "verdict_missing"
    PASSBACK_INVALID = "passback_invalid"
    CONFLICTING = "conflicting"


@dataclass(frozen=True)
class Answer:
    """What the grader said about one slice.

    `pieces` has the records in their order, some thousands at a time; they can be gone through
    again. `count` is the number of all of them.
    """

    window: Window
    pieces: Iterable[Piece]
    count: int
    tries: int = 0
    waited_seconds: float = 0


@dataclass(frozen=True)
class Rejected:
    """A record for the quarantine: `record` is its JSON text as it came."""

    reason: Reason
    record: str


@dataclass(frozen=True)
class Quarantined:
    """Records of the quarantine as an answer to be processed again, with their ids in its order."""

    ids: Sequence[int]
    answer: Answer


@dataclass(frozen=True)
class Batch:
    """One piece after validation; every received record is in exactly one of the three places.

    `rows` has the columns of `attempts` without `id` (`created_at` naive UTC, microseconds,
    `is_correct` True, False or None), and is indexed by the record's position in the answer.
    """

    received: int
    rows: pd.DataFrame
    rejected: Sequence[Rejected]
    out_of_window: int


@dataclass(frozen=True)
class Counts:
    """What became of the records: `received` is always the sum of the rest."""

    received: int = 0
    inserted: int = 0
    duplicates: int = 0
    conflicting: int = 0
    rejected: int = 0
    out_of_window: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    def __str__(self) -> str:
        parts = ", ".join(f"{getattr(self, f.name)} {f.name}" for f in fields(Counts)[1:])
        return f"{self.received} received = {parts}".replace("_", " ")


def percent(correct: int, submits: int) -> float:
    """Correct submits in 100 submits, two decimals; 0 without submits."""
    return round(100 * correct / submits, 2) if submits else 0.0


@dataclass(frozen=True)
class Loaded:
    """What became of one slice. `distinct` has its different valid attempts by day."""

    counts: Counts
    reasons: Mapping[Reason, int]
    distinct: Mapping[date, int]


@dataclass(frozen=True)
class Totals:
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
class DailyFigures:
    """One day as the database has it, and as the sheet shows it."""

    day: date
    attempts: int
    users: int
    correct: int
    runs: int
    submits: int

    @property
    def success_percent(self) -> float:
        return percent(self.correct, self.submits)


@dataclass(frozen=True)
class TaskFigures:
    """One task over some time. Shares are in percent, two decimals.

    `first_try_percent` is of the students who submitted: whose first submit was correct.
    `median_attempts` are runs and submits up to and with the first correct submit, of those who
    got there. None: nobody submitted, or nobody got there.
    """

    course: str
    task: str
    attempts: int
    students: int
    first_try_percent: float | None
    success_percent: float | None
    median_attempts: float | None


@dataclass(frozen=True)
class Publication:
    """What the sheet's update did.

    `repeated` are dates that stand in more than one row, `differing` those that, read back, do
    not show what was written, `tasks_differ` tells the same of the tab of the tasks.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: tuple[date, ...] = ()
    differing: tuple[date, ...] = ()
    tasks_differ: bool = False

    def __str__(self) -> str:
        return f"{self.added} rows added, {self.updated} updated, {self.unchanged} unchanged"


@dataclass(frozen=True)
class Usual:
    """What earlier runs were like, for comparison.

    `attempts` has, by day, those of the same weekday in the weeks before; `rejected_share` is None
    as long as too few runs are known; `failed_runs` are those since the last good one.
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
