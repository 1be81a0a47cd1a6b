"""What the journal says of runs, and where things stand after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from etl.models.attempts import Counts
from etl.models.errors import Problem


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
