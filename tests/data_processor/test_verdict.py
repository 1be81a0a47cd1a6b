"""`attempt_type` is `run` or `submit`; `is_correct` is the verdict that only a submit has."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo.campus import MISSING
from etl.models.records import Reason
from tests.data_processor.answers import (
    only_reason,
    only_row,
    process_body,
    reason,
    row,
    with_json,
)

# JSON's numbers are compared by value, and `true` and `false` stand for 1 and 0.
ACCEPTED = {
    "1": True,
    "true": True,
    "1.0": True,
    "1e0": True,
    "10e-1": True,
    "0": False,
    "false": False,
    "0.0": False,
    "-0": False,
    "-0.0": False,
}

REJECTED = {
    "a text": '"1"',
    "an empty text": '""',
    "a word": '"true"',
    "2": "2",
    "minus 1": "-1",
    "a half": "0.5",
    "NaN": "NaN",
    "infinity": "Infinity",
    "out of a double's range": "1e999",
    "30 digits": "1" * 30,
    "5000 digits": "1" * 5000,
    "a list": "[1]",
    "an object": "{}",
}

NO_TYPES = {
    "key is missing": MISSING,
    "null": None,
    "empty": "",
    "blank": " ",
    "blank in front": " submit",
    "blank behind": "submit ",
    "a line break behind": "submit\n",
    "capital": "Submit",
    "capitals": "SUBMIT",
    "another word": "check",
    "a Cyrillic letter": "\N{CYRILLIC SMALL LETTER DZE}ubmit",
    "a number": 1,
    "a boolean": True,
    "NaN": float("nan"),
    "a list": ["submit"],
    "an object": {"submit": 1},
}


@pytest.mark.parametrize(("text", "stored"), ACCEPTED.items(), ids=ACCEPTED)
def test_r4_a_verdict_of_a_submit_is_stored_as_a_boolean(text: str, stored: bool) -> None:
    batch = process_body(with_json("is_correct", text, attempt_type="submit"))
    assert only_row(batch)["is_correct"] is stored


@pytest.mark.parametrize("text", ACCEPTED)
def test_r4_a_run_has_no_verdict_not_even_false(text: str) -> None:
    batch = process_body(with_json("is_correct", text, attempt_type="run"))
    assert only_reason(batch) == Reason.VERDICT_ON_RUN


@pytest.mark.parametrize("attempt_type", ["run", "submit"])
@pytest.mark.parametrize("text", REJECTED.values(), ids=REJECTED)
def test_r4_any_other_verdict_is_rejected(text: str, attempt_type: str) -> None:
    batch = process_body(with_json("is_correct", text, attempt_type=attempt_type))
    assert only_reason(batch) == Reason.VERDICT_INVALID


@pytest.mark.parametrize("verdict", [None, MISSING], ids=["null", "key is missing"])
def test_r4_a_submit_without_a_verdict_is_rejected(verdict: Any) -> None:
    assert reason(attempt_type="submit", is_correct=verdict) == Reason.VERDICT_MISSING


@pytest.mark.parametrize("verdict", [None, MISSING], ids=["null", "key is missing"])
def test_a_run_without_a_verdict_is_stored_with_none(verdict: Any) -> None:
    stored = row(attempt_type="run", is_correct=verdict)
    assert (stored["attempt_type"], stored["is_correct"]) == ("run", None)


@pytest.mark.parametrize("attempt_type", NO_TYPES.values(), ids=NO_TYPES)
def test_r5_an_unknown_attempt_type_is_rejected(attempt_type: Any) -> None:
    assert reason(attempt_type=attempt_type) == Reason.ATTEMPT_TYPE_UNKNOWN
