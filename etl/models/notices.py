"""The result of a run, and its notices: facts that the readers of its letter should know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from etl.models.errors import ExitCode, Failure
from etl.models.figures import DailyFigures, Figures, TaskFigures
from etl.models.records import Counts, Reason
from etl.models.window import Window


class Outcome(StrEnum):
    """The outcome of a run; the value is the sign at the beginning of the letter's subject."""

    DONE = "✅"
    ATTENTION = "⚠️"
    FAILED = "❌"


class Notice(StrEnum):
    """A fact that the readers of a run's letter (e-mail) should know although the run went well.

    The value is a key of `etl.texts`; `wants_attention` makes the letter's subject begin with ⚠️.
    """

    wants_attention: bool

    def __new__(cls, code: str, wants_attention: bool) -> Self:
        notice = str.__new__(cls, code)
        notice._value_ = code
        notice.wants_attention = wants_attention
        return notice

    LOCKED_FOR_LONG = "locked_for_long", True
    EMPTY_WINDOW = "empty_window", True
    NEVER_LOADED = "never_loaded", True
    UNREADABLE_DAYS = "unreadable_days", True
    REPEATED_DAYS = "repeated_days", True
    UNUSABLE_RECIPIENTS = "unusable_recipients", True
    IGNORED_SETTINGS = "ignored_settings", True
    SEVERAL_TRIES = "several_tries", False
    NOT_RECONCILED = "not_reconciled", True
    SUMMARIES_REPAIRED = "summaries_repaired", True
    SHEET_DIFFERS = "sheet_differs", True
    TASKS_DIFFER = "tasks_differ", True
    UNUSUAL_DAYS = "unusual_days", True
    MORE_REJECTED = "more_rejected", True
    REFUSED_BY_DATABASE = "refused_by_database", True
    NOT_QUARANTINED = "not_quarantined", True
    DASHBOARD_NOT_WRITTEN = "dashboard_not_written", True
    LETTERS_REFUSED = "letters_refused", True
    MISSED_RUNS = "missed_runs", False
    RECOVERED = "recovered", False
    REPLAYED = "replayed", False
    OF_FORGOTTEN = "of_forgotten", False
    QUARANTINE_EXPIRED = "quarantine_expired", False
    SHEET_OFF = "sheet_off", False
    EMBEDDED_DATABASE = "embedded_database", False


@dataclass(frozen=True)
class Publication:
    """The result of writing the Google Sheet: changed rows, and faults found on reading it back.

    `repeated` are dates that stand in more than one row, `unreadable` the numbers of rows that may
    have a date in an unknown form; `differing` are dates whose rows do not show what was written;
    `tasks_differ`: the tab of the tasks does not show what was written.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: tuple[date, ...] = ()
    unreadable: tuple[int, ...] = ()
    differing: tuple[date, ...] = ()
    tasks_differ: bool = False

    def __str__(self) -> str:
        return f"{self.added} rows added, {self.updated} updated, {self.unchanged} unchanged"


@dataclass
class RunResult:
    """What a run has done so far, as its letter, the journal and the terminal report it.

    `is_by_hand`: --from gave the window. `waited_seconds`: the wait for the grader. `totals`
    are figures of the window, `before` of the equally long one directly before it; None if the
    database was not asked, or has not loaded the days. `tasks` are those of the last weeks, hardest
    first. `received_by_day` counts distinct valid records, `refusing_rules` the records that each
    database rule refused, `forgotten_count` dropped records of forgotten students. `reconciled`:
    grader, database and sheet agree. `notices` maps each to the facts for its sentence. `log_lines`
    are the last lines of this run's log, redacted.
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
    forgotten_count: int = 0
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
