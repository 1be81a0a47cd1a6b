"""Slices for the inserter, as the processor makes them out of the grader's records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd
import pytest

from etl.components.data_processor import DataProcessor
from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import LoadError
from etl.models.records import ATTEMPT_COLUMNS, Answer, Batch, Counts, Progress
from etl.models.window import Window

T = TypeVar("T")

UTC_ZONE = ZoneInfo("UTC")
DAY = date(2023, 5, 31)  # on which `record()` was made
STARTED = datetime(2023, 6, 1, 6, tzinfo=UTC)
# How much is in the tables that a slice is written to.
STORED = (
    "SELECT (SELECT count(*) FROM attempts), (SELECT count(*) FROM rejected_attempts),"
    " (SELECT count(*) FROM etl_slices)"
)


def days(first: date, last: date | None = None, zone: ZoneInfo = UTC_ZONE) -> Window:
    return Window.of_days(first, last or first, zone)


def due(progress: Progress) -> Window:
    """The window of a run that begins at `STARTED`."""
    return Window.due(STARTED, 3, progress.watermark, UTC_ZONE)


@dataclass(frozen=True)
class Slice:
    """A slice as the processor makes it: one batch, which may be asked for again."""

    answer: Answer
    batch: Batch

    def batches(self) -> list[Batch]:
        return [self.batch]


def batch(*records: Any, window: Window | None = None) -> Slice:
    """The records (dicts, or JSON texts as they came) of one slice, by default of `DAY`."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in records]
    piece = [msgspec.Raw(text.encode()) for text in texts]
    answer = Answer(window or days(DAY), [piece], len(piece))
    return Slice(answer, *DataProcessor().process(answer))


def rows_of(rows: Sequence[dict[str, Any]]) -> Slice:
    """A slice with exactly these rows of `attempts`, past all rules."""
    frame = pd.DataFrame(rows, columns=[*ATTEMPT_COLUMNS], dtype="object")
    frame["created_at"] = pd.to_datetime(frame["created_at"]).dt.as_unit("us")
    answer = Answer(days(DAY), [[msgspec.Raw(b"{}")] * len(rows)], len(rows))
    return Slice(answer, Batch(len(rows), frame, [], 0))


def insert(inserter: DatabaseInserter, slice_: Slice) -> Counts:
    return inserter.insert(slice_.answer, slice_.batches).counts


def opened(inserter: DatabaseInserter) -> DatabaseInserter:
    """The same, as a run has it from `STARTED` on."""
    inserter.open(STARTED)
    return inserter


def refused(step: Callable[[], object]) -> LoadError:
    with pytest.raises(LoadError) as caught:
        step()
    return caught.value


def entry(**changes: object) -> dict[str, object]:
    """The end of a run's row in the journal."""
    nothing = ("received", "inserted", "duplicates", "conflicting", "rejected", "out_of_window")
    return {
        "finished_at": datetime(2023, 6, 1, 7, tzinfo=UTC),
        "status": "succeeded",
        "failed_stage": None,
        "window_start": None,
        "window_end": None,
        **dict.fromkeys(nothing, 0),
        "error": None,
        "failure": None,
        **changes,
    }


def within(inserter: DatabaseInserter, step: Callable[..., T], *arguments: Any) -> T:
    """A step of reports, in a transaction of the run's session."""
    with inserter.transaction() as at:
        return step(at, *arguments)
