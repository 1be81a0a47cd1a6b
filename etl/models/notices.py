"""What became of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from etl.models.errors import ExitCode, Failure
from etl.models.figures import DailyFigures, Figures, TaskFigures
from etl.models.records import Counts, Reason
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


@dataclass
class RunResult:
    """What a run has done so far: everything that its letter, the journal and a terminal say.

    `totals` are the window's and `before` those of the equally long one directly before it; None
    where the database was not asked, or has not loaded the days. `tasks` are the last weeks',
    hardest first. `received_by_day` has the distinct valid records, `refusing_rules` the database's
    rules that refused records, with how many. `reconciled`: grader, database and sheet agree.
    `log_lines` are the last ones of this run's log, redacted. A notice's facts fill the blanks of
    its sentence.
    """

    started_at: datetime
    window: Window | None = None
    is_by_hand: bool = False
    duration_seconds: float = 0
    waited_seconds: float = 0
    requests: int = 0
    counts: Counts = field(default_factory=Counts)
    rejected: Counter[Reason] = field(default_factory=Counter)
    refusing_rules: Counter[str] = field(default_factory=Counter)
    of_forgotten: int = 0
    received_by_day: Counter[date] = field(default_factory=Counter)
    figures: Sequence[DailyFigures] = ()
    totals: Figures | None = None
    before: Figures | None = None
    tasks: Sequence[TaskFigures] = ()
    publication: Publication | None = None
    reconciled: bool = False
    notices: dict[Notice, Mapping[str, Any]] = field(default_factory=dict)
    failure: Failure | None = None
    sheet_url: str | None = None
    dashboard_url: str | None = None
    window_days: int | None = None
    log_lines: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        return self.failure.exit_code if self.failure else ExitCode.DONE

    @property
    def outcome(self) -> Outcome:
        if self.failure:
            return Outcome.FAILED
        attention = any(notice.wants_attention for notice in self.notices)
        return Outcome.ATTENTION if attention else Outcome.DONE
