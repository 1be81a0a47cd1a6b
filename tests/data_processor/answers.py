"""Answers of the grader made of a few records, and what becomes of a single one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from etl.components.data_processor import DataProcessor
from etl.demo.campus import record
from etl.grader.answer import split_array
from etl.models.records import Answer, Batch, Reason
from etl.models.window import Window

CENTURY = Window(
    datetime(1999, 12, 31, tzinfo=UTC), datetime(2100, 1, 2, tzinfo=UTC), ZoneInfo("UTC")
)


def process_body(body: bytes, window: Window = CENTURY) -> Batch:
    """The grader's body, cut into records as the API client does it."""
    return process_raw(*split_array(body), window=window)


def process(*records: Any, window: Window = CENTURY) -> Batch:
    """NaN and lone surrogates become what Python's `json` writes for them."""
    return process_body(json.dumps(records).encode(), window)


def process_raw(*texts: bytes | msgspec.Raw, window: Window = CENTURY) -> Batch:
    """Past `split_array`, which gives up on some texts before they get here."""
    piece = [msgspec.Raw(text) for text in texts]
    (batch,) = DataProcessor().process(Answer(window, [piece], len(piece)))
    return batch


def row(**overrides: Any) -> dict[str, Any]:
    """What is stored of a record that is good but for the overrides, which must be good too."""
    return only_row(process(record(**overrides)))


def only_row(batch: Batch) -> dict[str, Any]:
    assert (len(batch.rows), batch.rejected, batch.out_of_window) == (1, [], 0)
    return {str(name): value for name, value in batch.rows.iloc[0].items()}


def reason(**overrides: Any) -> Reason:
    """Why a record that is good but for the overrides is rejected."""
    return only_reason(process(record(**overrides)))


def only_reason(batch: Batch) -> Reason:
    assert (len(batch.rows), len(batch.rejected), batch.out_of_window) == (0, 1, 0)
    return batch.rejected[0].reason


def with_json(key: str, text: str, **overrides: Any) -> bytes:
    """The body with one good record whose value of `key` is this JSON text, as it stands."""
    marked = json.dumps([record(**overrides, **{key: "@@"})])
    return marked.replace('"@@"', text).encode("utf-8", "surrogateescape")
