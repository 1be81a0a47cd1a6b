"""`lti_user_id`: printable ASCII, 1 to 32 characters."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo.campus import MISSING, record
from etl.models.records import Reason
from tests.data_processor.answers import only_reason, process, reason, row

ACCEPTED = {
    "32 hex digits": "3583bf109f8b458e13ae1ac9d85c396a",
    "one character": "7",
    "capitals": "ABCDEF",
    "punctuation": "lms:uni.example/7@~!",
    "quotes": "o'neill\"",
    "a backslash": "uni\\7",
    "what pandas takes for missing": "NaN",
    "None as a word": "None",
}

REJECTED: dict[str, tuple[Any, Reason]] = {
    "key is missing": (MISSING, Reason.USER_ID_MISSING),
    "null": (None, Reason.USER_ID_MISSING),
    "empty": ("", Reason.USER_ID_MISSING),
    "blank": ("   ", Reason.USER_ID_MISSING),
    "blank in Unicode": ("\u00a0\u3000", Reason.USER_ID_MISSING),
    "a number": (7, Reason.USER_ID_INVALID),
    "a fraction": (7.5, Reason.USER_ID_INVALID),
    "NaN": (float("nan"), Reason.USER_ID_INVALID),
    "a boolean": (True, Reason.USER_ID_INVALID),
    "a list": (["7"], Reason.USER_ID_INVALID),
    "an object": ({"id": "7"}, Reason.USER_ID_INVALID),
    "33 characters": ("f" * 33, Reason.USER_ID_INVALID),
    "a megabyte": ("f" * 2**20, Reason.USER_ID_INVALID),
    "an emoji": ("\N{GRINNING FACE}", Reason.USER_ID_INVALID),
    "not ASCII": ("студент", Reason.USER_ID_INVALID),
    "a digit of another script": ("\N{ARABIC-INDIC DIGIT SEVEN}", Reason.USER_ID_INVALID),
    "blank in front": (" 7", Reason.USER_ID_INVALID),
    "blank behind": ("7 ", Reason.USER_ID_INVALID),
    "blank inside": ("7 7", Reason.USER_ID_INVALID),
    "a tab": ("7\t7", Reason.USER_ID_INVALID),
    "a line break behind": ("7\n", Reason.USER_ID_INVALID),
    "DEL": ("7\x7f", Reason.USER_ID_INVALID),
}


@pytest.mark.parametrize("user_id", ACCEPTED.values(), ids=ACCEPTED)
def test_a_printable_user_id_is_kept_as_it_is(user_id: str) -> None:
    assert row(lti_user_id=user_id)["user_id"] == user_id


@pytest.mark.parametrize(("user_id", "expected"), REJECTED.values(), ids=REJECTED)
def test_r2_r1_any_other_user_id_is_rejected(user_id: Any, expected: Reason) -> None:
    assert reason(lti_user_id=user_id) == expected


@pytest.mark.parametrize("character", ["\x00", "\ud800"], ids=ascii)
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("lti_user_id", Reason.USER_ID_INVALID),
        ("attempt_type", Reason.ATTEMPT_TYPE_UNKNOWN),
        ("created_at", Reason.CREATED_AT_INVALID),
    ],
)
def test_r3_a_character_that_cannot_be_stored_spoils_a_key_field(
    key: str, expected: Reason, character: str
) -> None:
    assert reason(**{key: record()[key] + character}) == expected


@pytest.mark.parametrize(
    "value",
    [7, "seven", None, True, 1.5, [], [record()], float("nan")],
    ids=repr,
)
def test_r1_what_is_no_object_is_rejected(value: Any) -> None:
    assert only_reason(process(value)) == Reason.NOT_AN_OBJECT


def test_r1_an_empty_object_is_rejected_for_its_first_missing_field() -> None:
    assert only_reason(process({})) == Reason.USER_ID_MISSING


def test_r8_a_formula_for_a_user_id_is_stored_as_a_text_like_any_other() -> None:
    assert row(lti_user_id='=IMPORTXML("//x";"//a")')["user_id"] == '=IMPORTXML("//x";"//a")'
