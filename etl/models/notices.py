"""What a run has to say: its notices, its result, and the letter about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from etl.models.errors import Failure
from etl.models.figures import DailyFigures, Figures, TaskFigures
from etl.models.records import Counts, Reason
from etl.models.window import Window


class Outcome(StrEnum):
    """How a run ended, as the letter's subject begins."""

    DONE = "✅"
    ATTENTION = "⚠️"
    FAILED = "❌"


class Notice(StrEnum):
    """Something that the reader of a letter should know although the run went well.

    Beside its code: whether it wants attention, which makes the letter's subject a ⚠️.
    """

    wants_attention: bool

    def __new__(cls, code: str, wants_attention: bool) -> Self:
        notice = str.__new__(cls, code)
        notice._value_ = code
        notice.wants_attention = wants_attention
        return notice

    EMPTY_WINDOW = "empty_window", True
    NEVER_LOADED = "never_loaded", True
    REPEATED_DAYS = "repeated_days", True
    UNUSABLE_RECIPIENTS = "unusable_recipients", True
    UNUSABLE_NAMES = "unusable_names", True
    SEVERAL_TRIES = "several_tries", False
    NOT_RECONCILED = "not_reconciled", True
    SUMMARIES_REPAIRED = "summaries_repaired", True
    SHEET_DIFFERS = "sheet_differs", True
    TASKS_DIFFER = "tasks_differ", True
    UNUSUAL_DAYS = "unusual_days", True
    MORE_REJECTED = "more_rejected", True
    REFUSED_BY_DATABASE = "refused_by_database", True
    DASHBOARD_NOT_WRITTEN = "dashboard_not_written", True
    MISSED_RUNS = "missed_runs", False
    RECOVERED = "recovered", False
    REPLAYED = "replayed", False
    OF_FORGOTTEN = "of_forgotten", False
    QUARANTINE_EXPIRED = "quarantine_expired", False
    SHEET_OFF = "sheet_off", False
    EMBEDDED_DATABASE = "embedded_database", False


@dataclass(frozen=True)
class Publication:
    """What the sheet's update did.

    `repeated` are dates that stand in more than one row, `differing` those that, read back, do
    not show what was written, `tasks_differ`: nor does the tab of the tasks.
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
class RunResult:
    """Everything that a letter says.

    `totals` are the window's and `before` those of the equally long one directly before it; None
    where the database was not asked, or has not loaded the days. `tasks` are the window's, hardest
    first. `log_lines` are the last ones of this run's log, redacted. A notice's facts fill the
    blanks of its sentence.
    """

    outcome: Outcome
    started_at: datetime
    duration_seconds: float
    waited_seconds: float
    window: Window | None
    is_by_hand: bool
    counts: Counts
    rejected: Mapping[Reason, int]
    figures: Sequence[DailyFigures]
    publication: Publication | None
    reconciled: bool
    notices: Mapping[Notice, Mapping[str, Any]]
    failure: Failure | None
    sheet_url: str | None
    dashboard_url: str | None
    totals: Figures | None = None
    before: Figures | None = None
    tasks: Sequence[TaskFigures] = ()
    window_days: int | None = None
    log_lines: Sequence[str] = ()


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Delivery:
    """The addresses that a letter reached; `refused` has the server's answer for each other one."""

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{len(self.accepted)} recipients reached, {len(self.refused)} refused"
