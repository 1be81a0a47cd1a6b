"""JSON at its edges: what no strict reader takes costs one field, never the record beside it."""

from __future__ import annotations

import json

import msgspec
import pytest

from etl.demo.campus import record
from etl.grader.record import decode_record
from etl.models.records import Reason
from tests.data_processor.answers import (
    only_reason,
    only_row,
    process_body,
    row,
    with_json,
)

# As the value of a key that nobody reads.
IGNORED = {
    "NaN": "NaN",
    "out of a double's range": "1e999",
    "a lone surrogate": r'"\ud800"',
    "broken UTF-8 and a lone surrogate": r'["' + "\udced\udca0" + r'", "\udfff"]',
    "many brackets side by side": "[" + "[{}]," * 1_000 + "{}]",
    "nested 500 deep with NaN": "[" * 500 + "NaN" + "]" * 500,
}


@pytest.mark.parametrize("text", IGNORED.values(), ids=IGNORED)
def test_r10_an_oddity_in_another_key_changes_nothing(text: str) -> None:
    assert only_row(process_body(with_json("x", text))) == row()


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ('"is_correct": 1, "is_correct": 0', False),
        ('"is_correct": NaN, "is_correct": 1', True),
        (r'"is_correct": 1, "is\u005fcorrect": 0', False),
    ],
)
def test_r10_of_a_key_that_is_there_twice_the_last_one_counts(members: str, verdict: bool) -> None:
    body = json.dumps([record(is_correct=1)]).replace('"is_correct": 1', members)
    assert only_row(process_body(body.encode()))["is_correct"] is verdict


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("lti_user_id", Reason.USER_ID_INVALID),
        ("attempt_type", Reason.ATTEMPT_TYPE_UNKNOWN),
        ("created_at", Reason.CREATED_AT_INVALID),
        ("is_correct", Reason.VERDICT_INVALID),
        ("passback_params", Reason.PASSBACK_INVALID),
    ],
)
def test_r3_broken_utf8_spoils_the_field_where_it_stands(key: str, expected: Reason) -> None:
    for byte in (b"\xff", b"\xed\xa0\x80"):
        body = with_json(key, '"a@"').replace(b"a@", b"a" + byte)
        assert only_reason(process_body(body)) == expected


@pytest.mark.parametrize("key", ["lti_user_id", "passback_params", "attempt_type", "created_at"])
@pytest.mark.parametrize("odd", [r'"\ud800"', '"\udcff"', "NaN", "7"])
def test_r3_every_text_that_is_read_can_be_encoded(key: str, odd: str) -> None:
    attempt = decode_record(msgspec.Raw(with_json(key, odd)[1:-1]))
    assert attempt is not None
    getattr(attempt, key).encode()


def test_r10_an_emoji_in_two_halves_is_one_character_on_both_paths() -> None:
    url = json.dumps(repr({"lis_result_sourcedid": "\N{GRINNING FACE}"}))
    for odd in ("0", "NaN"):
        body = with_json("passback_params", url, odd="##").replace(b'"##"', odd.encode())
        assert only_row(process_body(body))["lis_result_sourcedid"] == "\N{GRINNING FACE}"


@pytest.mark.parametrize("depth", [512, 100_000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"x":', "}")], ids=["arrays", "objects"])
def test_r10_a_record_that_nests_too_deep_costs_itself_alone(
    depth: int, begin: str, end: str
) -> None:
    deep, good = with_json("x", begin * depth + "1" + end * depth)[1:-1], with_json("x", "1")[1:-1]
    batch = process_body(b"[" + b",".join([good, deep, good]) + b"]")
    assert list(batch.rows.index) == [0, 2]
    assert [rejected.reason for rejected in batch.rejected] == [Reason.NOT_AN_OBJECT]
    assert batch.rejected[0].record == deep.decode()


@pytest.mark.parametrize("members", ['"x": {1: 2}', '"x": 01', '"x" 1', "", '"x": "a\nb"'])
def test_r10_a_record_that_is_no_json_costs_itself_alone(members: str) -> None:
    good = with_json("x", "1")[1:-1]
    bad = good.replace(b'"x": 1', members.encode())
    batch = process_body(b"[" + b",".join([good, bad, good]) + b"]")
    assert (list(batch.rows.index), len(batch.rejected)) == ([0, 2], 1)
