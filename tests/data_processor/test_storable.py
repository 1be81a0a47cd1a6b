"""What the processor lets through, PostgreSQL can hold; what it does not, the quarantine can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.records import Answer, Batch, Counts, raw_text
from tests.conftest import Select
from tests.data_processor import test_fields, test_passback
from tests.data_processor.answers import CENTURY, process, process_raw

RAW_TEXTS = {
    "blanks and the order of keys": (b'{ "b" :1,\t"a":\r\n2 }', '{ "b" :1,\t"a":\r\n2 }'),
    "numbers as they were written": (b"[1.50,1e0,-0,NaN]", "[1.50,1e0,-0,NaN]"),
    "escapes as they were written": (rb'"\u0041\/\u0000\ud800"', r'"\u0041\/\u0000\ud800"'),
    "NUL": (b'"a\x00b"', r'"a\x00b"'),
    "broken UTF-8": (b'"\xff\xed\xa0\x80"', r'"\xff\xed\xa0\x80"'),
    "nothing": (b"", ""),
}


@pytest.fixture
def inserter(database: Mapping[str, str | int]) -> DatabaseInserter:
    """Open; its session ends with the database."""
    opened = DatabaseInserter(lambda: database, zone=ZoneInfo("UTC"))
    opened.open(datetime(2026, 3, 10, tzinfo=UTC))
    return opened


def insert(inserter: DatabaseInserter, batch: Batch, count: int) -> Counts:
    return inserter.insert(Answer(CENTURY, [], count), lambda: [batch]).counts


@pytest.mark.parametrize(("data", "text"), RAW_TEXTS.values(), ids=RAW_TEXTS)
def test_r3_a_record_is_kept_as_it_came_and_what_cannot_be_stored_is_shown(
    data: bytes, text: str
) -> None:
    assert raw_text(msgspec.Raw(data)) == text


def test_r3_the_quarantine_holds_every_text_as_it_came(
    inserter: DatabaseInserter, select: Select
) -> None:
    batch = process_raw(*(data for data, _ in RAW_TEXTS.values()))
    assert insert(inserter, batch, len(RAW_TEXTS)).rejected == len(RAW_TEXTS)
    kept = select("SELECT record FROM rejected_attempts ORDER BY id")
    assert kept == [(text,) for _, text in RAW_TEXTS.values()]


def test_r2_r3_r7_r8_every_accepted_form_is_stored_as_it_is(
    inserter: DatabaseInserter, select: Select
) -> None:
    odd: list[dict[str, Any]] = [
        *({"created_at": text, "lti_user_id": "t"} for text in test_fields.MOMENTS),
        *({"lti_user_id": user_id} for user_id in test_fields.USER_IDS.values()),
        *({"passback_params": text} for text, _ in test_passback.ACCEPTED.values()),
        {"passback_params": repr({"lis_result_sourcedid": "\\N\\.\t\r\n\x01\u2028\ufffe😀"})},
        {"attempt_type": "run", "is_correct": None},
    ]
    moments = [f"2025-03-07 10:{n // 60:02}:{n % 60:02}" for n in range(len(odd))]
    batch = process(*(record(created_at=m) | o for m, o in zip(moments, odd, strict=True)))
    insert(inserter, batch, len(odd))
    columns = ", ".join(batch.rows.columns)
    stored = select(f"SELECT {columns} FROM attempts ORDER BY created_at, user_id")
    in_order = batch.rows.sort_values(["created_at", "user_id"])
    distinct = in_order.drop_duplicates(["user_id", "attempt_type", "created_at"])
    assert stored == [tuple(row) for row in distinct.itertuples(index=False)]
    assert len(stored) > len(odd) - 10  # some forms tell the same moment
