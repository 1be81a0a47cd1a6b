"""What holds for any answer: no record is lost, doubled or judged by the company that it is in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.demo.campus import MISSING, record
from etl.models.records import Batch, raw_text
from tests.data_processor.answers import CENTURY, process, process_raw

HUGE = st.integers(-(10**40), 10**40)
LEAVES = st.none() | st.booleans() | HUGE | st.floats() | st.text(st.characters())
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


def nested(depth: int) -> list[Any]:
    return [] if depth == 0 else [nested(depth - 1)]


def mostly(*good: object) -> st.SearchStrategy[Any]:
    """Good values of a field, now and then anything else."""
    odd = st.sampled_from([MISSING, None, "", " ", "\ud800", "a\x00", nested(50)]) | JSON
    return st.sampled_from([True] * 9 + [False]).flatmap(
        lambda is_good: st.sampled_from(good) if is_good else odd
    )


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """A record that may be good, inside the window or outside, or bad in one field or more."""
    attempt_type = draw(mostly("run", "submit"))
    verdicts = (None,) if attempt_type == "run" else (0, 1, True, False, 1.0)
    made = record(
        lti_user_id=draw(mostly("3583bf109f8b458e13ae1ac9d85c396a", "7")),
        passback_params=draw(mostly("{'oauth_consumer_key': ''}", "{}", "None", '{"x": [1]}')),
        is_correct=draw(mostly(*verdicts)),
        attempt_type=attempt_type,
        created_at=draw(
            mostly("2026-03-07 10:00:00", "2026-03-07T10:00:00.1234567+03", "2000-01-01 00:00:00")
        ),
    )
    return made | draw(st.dictionaries(st.text(max_size=3), JSON, max_size=1))


ANSWERS = st.lists(records() | JSON, max_size=4)
WINDOW = replace(CENTURY, start=CENTURY.start.replace(year=2020))


def verdict(batch: Batch) -> object:
    """Where the only record of a batch has gone, and as what."""
    if batch.rejected:
        return batch.rejected[0].reason
    return batch.rows.to_dict("records") or "out of window"


@settings(deadline=None, max_examples=30)
@given(ANSWERS)
def test_every_record_is_in_exactly_one_place_the_same_in_any_company(
    given_records: list[Any],
) -> None:
    batch = process(*given_records, window=WINDOW)
    alone = [process(one, window=WINDOW) for one in given_records]
    assert len(given_records) == len(batch.rows) + len(batch.rejected) + batch.out_of_window
    assert list(batch.rows.index) == [n for n, one in enumerate(alone) if len(one.rows)]
    assert list(batch.rejected) == [kept for one in alone for kept in one.rejected]
    assert batch.out_of_window == sum(one.out_of_window for one in alone)
    # As `repr`, which tells True from 1.
    stored_alone = [stored for one in alone for stored in one.rows.to_dict("records")]
    assert repr(batch.rows.to_dict("records")) == repr(stored_alone)


ODDITIES = [float("nan"), float("-inf"), "\ud800", 10**30, [float("nan"), 10**400]]


@settings(deadline=None, max_examples=40)
@given(records(), st.sampled_from(ODDITIES), st.booleans())
def test_a_record_gets_the_same_verdict_on_the_quick_and_on_the_careful_path(
    plain: dict[str, Any], oddity: object, is_first: bool
) -> None:
    odd = {"odd key": oddity}
    careful = odd | plain if is_first else plain | odd
    expected = verdict(process(plain, window=WINDOW))
    assert repr(verdict(process(careful, window=WINDOW))) == repr(expected)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.binary() | records().map(lambda one: json.dumps(one).encode())))
def test_bytes_that_are_no_json_are_rejected_without_an_exception(texts: list[bytes]) -> None:
    batch = process_raw(*texts)
    assert len(texts) == len(batch.rows) + len(batch.rejected) + batch.out_of_window


@settings(deadline=None)
@given(st.binary())
def test_r3_the_raw_text_of_any_bytes_can_be_stored(data: bytes) -> None:
    text = raw_text(msgspec.Raw(data))
    assert "\x00" not in text
    assert text.encode().decode() == text
