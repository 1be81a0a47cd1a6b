"""`passback_params`: the `repr` of a dict of texts, or JSON; three keys of it are stored."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.demo.campus import MISSING
from etl.grader.record import NOTHING, Passback, parse_passback
from etl.models.records import Reason
from tests.data_processor.answers import reason, row

NAMES = ("oauth_consumer_key", "lis_result_sourcedid", "lis_outcome_service_url")
FULL = Passback("key", "course:host-task:user", "https://lms.uni.example/grade")

NOTHING_IN_IT = {
    "empty": "",
    "blank": " \n",
    "None": "None",
    "None with blanks": " None ",
    "null of JSON": "null",
    "an empty dict": "{}",
    "other keys alone": "{'user': 'x'}",
}

# The text, and the consumer key that is stored of it.
ACCEPTED = {
    "as the grader writes it": ("{'oauth_consumer_key': 'k'}", "k"),
    "JSON": ('{"oauth_consumer_key": "k"}', "k"),
    "JSON with its own words": ('{"oauth_consumer_key": "k", "a": true, "b": null}', "k"),
    "blanks around": (" \n{'oauth_consumer_key': 'k'} \n", "k"),
    "blanks around a literal": ("\n {'oauth_consumer_key': 'k',} \n", "k"),
    "empty": ("{'oauth_consumer_key': ''}", ""),
    "empty in JSON": ('{"oauth_consumer_key": ""}', ""),
    "None inside": ("{'oauth_consumer_key': None}", None),
    "null inside": ('{"oauth_consumer_key": null}', None),
    "an apostrophe": ("{'oauth_consumer_key': \"o'neill\"}", "o'neill"),
    "an apostrophe in JSON": ('{"oauth_consumer_key": "o\'neill"}', "o'neill"),
    "a quote": ("{'oauth_consumer_key': 'a\"b'}", 'a"b'),
    "both": (r"""{'oauth_consumer_key': 'a\'"b'}""", "a'\"b"),
    "an escape": (r"{'oauth_consumer_key': 'a\x41\n'}", "aA\n"),
    "an escape of JSON": (r'{"oauth_consumer_key": "a\/b"}', "a/b"),
    "an emoji in halves of JSON": (r'{"oauth_consumer_key": "\ud83d\ude00"}', "😀"),
    "a word like None": ("{'oauth_consumer_key': 'None'}", "None"),
    "other values of other keys": ("{'a': [1, {2.5}], 'oauth_consumer_key': 'k', 'b': b''}", "k"),
    "the same key twice": ("{'oauth_consumer_key': 'a', 'oauth_consumer_key': 'k'}", "k"),
    "a comma at the end": ("{'oauth_consumer_key': 'k',}", "k"),
}

REJECTED = {
    "words": "not a dict",
    "a list": "['oauth_consumer_key']",
    "a list of JSON": '["oauth_consumer_key"]',
    "a tuple": "('oauth_consumer_key', 'k')",
    "a number": "7",
    "a text in a text": "'None'",
    "a set": "{'oauth_consumer_key'}",
    "a number as value": "{'oauth_consumer_key': 7}",
    "a boolean as value": "{'oauth_consumer_key': True}",
    "bytes as value": "{'oauth_consumer_key': b'k'}",
    "a list as value": '{"oauth_consumer_key": ["k"]}',
    "a number as key": "{7: 'k'}",
    "a key that cannot be one": "{[]: 'k'}",
    "cut off": "{'oauth_consumer_key': 'k",
    "two dicts": "{} {}",
    "another class": "OrderedDict(oauth_consumer_key='k')",
    "NUL": r"{'oauth_consumer_key': 'a\x00'}",
    "NUL in JSON": r'{"lis_result_sourcedid": "a\u0000"}',
    "NUL as it is": "{'oauth_consumer_key': 'a\x00'}",
    "a lone surrogate": r"{'lis_outcome_service_url': '\udfff'}",
    "a lone surrogate in JSON": r'{"oauth_consumer_key": "\ud800"}',
    "a lone surrogate as it is": "{'oauth_consumer_key': '\ud800'}",
}


@pytest.mark.parametrize("text", NOTHING_IN_IT.values(), ids=NOTHING_IN_IT)
def test_r7_a_passback_may_say_nothing(text: str) -> None:
    assert parse_passback(text) == NOTHING


@pytest.mark.parametrize("value", [MISSING, None], ids=["key is missing", "null"])
def test_r7_a_passback_may_be_absent(value: object) -> None:
    stored = row(passback_params=value)
    assert [stored[name] for name in NAMES] == [None, None, None]


@pytest.mark.parametrize(("text", "key"), ACCEPTED.values(), ids=ACCEPTED)
def test_r7_a_dict_of_texts_is_read_in_both_notations(text: str, key: str | None) -> None:
    assert parse_passback(text) == Passback(oauth_consumer_key=key)


@pytest.mark.parametrize("text", REJECTED.values(), ids=REJECTED)
def test_r7_what_is_no_dict_of_storable_texts_is_rejected(text: str) -> None:
    assert parse_passback(text) is None
    assert reason(passback_params=text) == Reason.PASSBACK_INVALID


@pytest.mark.parametrize("value", [7, True, {}, [], float("nan")], ids=repr)
def test_r7_a_passback_that_is_no_text_is_rejected(value: object) -> None:
    assert reason(passback_params=value) == Reason.PASSBACK_INVALID


def test_every_key_is_stored_in_its_own_column() -> None:
    stored = row(passback_params=str(dict(zip(NAMES, "abc", strict=True))))
    assert [stored[name] for name in NAMES] == ["a", "b", "c"]


@pytest.mark.parametrize("absent", NAMES)
def test_a_missing_key_is_none_and_never_a_reason_to_reject(absent: str) -> None:
    values = dict(zip(NAMES, ["", "", ""], strict=True))
    del values[absent]
    stored = row(passback_params=repr(values))
    assert [stored[name] for name in NAMES] == [None if n == absent else "" for n in NAMES]


STORABLE = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@settings(deadline=None)
@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, STORABLE)),
    st.dictionaries(st.text("xyz'\"\\"), STORABLE | st.integers() | st.none()),
)
def test_r7_whatever_python_or_json_wrote_is_read_back(
    stored: dict[str, str], others: dict[str, object]
) -> None:
    passback = Passback(**stored)
    assert parse_passback(repr(others | stored)) == passback
    assert parse_passback(json.dumps(others | stored)) == passback
    assert parse_passback(json.dumps(others | stored, ensure_ascii=False)) == passback
