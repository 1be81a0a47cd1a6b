"""What became of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from etl.models.attempts import Counts, Reason
from etl.models.errors import Failure
from etl.models.figures import DailyFigures, Figures, TaskFigures
from etl.models.window import Window


class Outcome(StrEnum):
    """How a run ended, as the letter's subject begins."""

    DONE = "✅"
    ATTENTION = "⚠️"
    FAILED = "❌"


class Notice(StrEnum):
    """Something that the reader of a letter should know although the run went well."""

    EMPTY_WINDOW = "empty_window"
    NEVER_LOADED = "never_loaded"
    REPEATED_DAYS = "repeated_days"
    UNUSABLE_RECIPIENTS = "unusable_recipients"
    UNUSABLE_NAMES = "unusable_names"
    SEVERAL_TRIES = "several_tries"
    NOT_RECONCILED = "not_reconciled"
    SUMMARIES_REPAIRED = "summaries_repaired"
    SHEET_DIFFERS = "sheet_differs"
    TASKS_DIFFER = "tasks_differ"
    UNUSUAL_DAYS = "unusual_days"
    MORE_REJECTED = "more_rejected"
    REFUSED_BY_DATABASE = "refused_by_database"
    DASHBOARD_NOT_WRITTEN = "dashboard_not_written"
    MISSED_RUNS = "missed_runs"
    RECOVERED = "recovered"
    REPLAYED = "replayed"
    OF_FORGOTTEN = "of_forgotten"
    QUARANTINE_EXPIRED = "quarantine_expired"
    SHEET_OFF = "sheet_off"
    EMBEDDED_DATABASE = "embedded_database"

    @property
    def wants_attention(self) -> bool:
        return self in {
            Notice.EMPTY_WINDOW,
            Notice.NEVER_LOADED,
            Notice.REPEATED_DAYS,
            Notice.UNUSABLE_RECIPIENTS,
            Notice.UNUSABLE_NAMES,
            Notice.NOT_RECONCILED,
            Notice.SUMMARIES_REPAIRED,
            Notice.SHEET_DIFFERS,
            Notice.TASKS_DIFFER,
            Notice.UNUSUAL_DAYS,
            Notice.MORE_REJECTED,
            Notice.REFUSED_BY_DATABASE,
            Notice.DASHBOARD_NOT_WRITTEN,
        }


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
