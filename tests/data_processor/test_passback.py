"""`passback_params`: the `repr` of a dict of texts, or JSON; three keys of it are stored.

Some want to run, to fill the memory, to overflow the stack or to warn.
"""

from __future__ import annotations

import json
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
    "None": "None",
    "null of JSON": "null",
    "other keys alone": "{'user': 'x'}",
}

# The text, and the consumer key that is stored of it.
ACCEPTED = {
    "as the grader writes it": ("{'oauth_consumer_key': 'k'}", "k"),
    "JSON with its own words": ('{"oauth_consumer_key": "k", "a": true, "b": null}', "k"),
    "empty": ("{'oauth_consumer_key': ''}", ""),
    "null inside": ('{"oauth_consumer_key": null}', None),
    "both": (r"""{'oauth_consumer_key': 'a\'"b'}""", "a'\"b"),
    "an escape": (r"{'oauth_consumer_key': 'a\x41\n'}", "aA\n"),
    "an emoji in halves of JSON": (r'{"oauth_consumer_key": "\ud83d\ude00"}', "😀"),
    "other values of other keys": ("{'a': [1, {2.5}], 'oauth_consumer_key': 'k', 'b': b''}", "k"),
    "a comma at the end": ("{'oauth_consumer_key': 'k',}", "k"),
}

REJECTED = {
    "a list": "['oauth_consumer_key']",
    "a text in a text": "'None'",
    "a number as value": "{'oauth_consumer_key': 7}",
    "a key that cannot be one": "{[]: 'k'}",
    "cut off": "{'oauth_consumer_key': 'k",
    "brackets without an end": "[" * 900,
    "NUL": r"{'oauth_consumer_key': 'a\x00'}",
    "NUL in JSON": r'{"lis_result_sourcedid": "a\u0000"}',
    "a lone surrogate": r"{'lis_outcome_service_url': '\udfff'}",
    "a lone surrogate in JSON": r'{"oauth_consumer_key": "\ud800"}',
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


@pytest.mark.parametrize("value", [7, {}, float("nan")], ids=repr)
def test_r7_a_passback_that_is_no_text_is_rejected(value: object) -> None:
    assert reason(passback_params=value) == Reason.PASSBACK_INVALID


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


MEGABYTE = 2**20
SMALL_STACK_BYTES = 512 * 1024

CODE = {
    "a call as value": "{{'oauth_consumer_key': __import__('pathlib').Path({path!r}).touch()}}",
    "a comprehension": "{{k: open({path!r}, 'w') for k in 'k'}}",
    "an f-string": "{{'oauth_consumer_key': f'{{open({path!r}, chr(119))}}'}}",
    "a statement": "import pathlib; pathlib.Path({path!r}).touch()",
}

# What comes when Python's parser is fed with 20,000 or 100,000 characters that nest.
NESTED = {
    "lists": "[" * 100_000 + "]" * 100_000,
    "dicts that Python may try": "{'a':" * 3_000 + "1" + "}" * 3_000,
    "lists in an ignored key": "{'x':" + "[" * 9_000 + "]" * 9_000 + "}",
    "dicts that some Pythons read": '{"x":' * 1_000 + "{}" + "}" * 1_000,
    "minus in an f-string": "{'x':f'{" + "-" * 19_000 + "1}'}",
    "minus behind a comment": "{ # '\n'x':" + "-" * 19_000 + "1, # '\n}",
    "a quote that never closes": "{'x': '" + "\\'" * 9_990,
    "minus behind a quote": "{'x':''' ' '''" + "-" * 19_000 + "1,'y':'z'}",
    "minus": "-" * 19_999 + "1",
    "conditions": "1 if 1 else " * 1_600 + "1",
}


@pytest.mark.parametrize("code", CODE.values(), ids=CODE)
def test_r7_code_is_never_run(code: str, tmp_path: Path) -> None:
    text = code.format(path=str(tmp_path / "proof"))
    assert reason(passback_params=text) == Reason.PASSBACK_INVALID
    assert list(tmp_path.iterdir()) == []


def test_r7_nesting_overflows_no_small_stack() -> None:
    """Such as a thread's on macOS; a crash would end the whole run of the tests."""
    usual = threading.stack_size(SMALL_STACK_BYTES)
    try:
        with ThreadPoolExecutor(1) as thread:
            parsed = list(thread.map(parse_passback, NESTED.values()))
    finally:
        threading.stack_size(usual)
    assert parsed == [None] * len(NESTED)


def test_r7_a_megabyte_is_read_as_json_and_up_to_20_000_characters_as_a_python_literal() -> None:
    # `ast` would need a hundred times that memory.
    plain, escapes, literal = "k" * MEGABYTE, "\\" * MEGABYTE, "'\"" + "k" * 19_000
    assert parse_passback(repr({"oauth_consumer_key": plain})) == Passback(plain)
    assert parse_passback(json.dumps({"oauth_consumer_key": escapes})) == Passback(escapes)
    assert parse_passback(repr({"oauth_consumer_key": escapes})) is None
    assert parse_passback(repr({"oauth_consumer_key": literal})) == Passback(literal)
    assert parse_passback(repr({"oauth_consumer_key": literal + "k" * 1_000})) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (r"{'oauth_consumer_key': 'a\qb'}", r"a\qb"),
        (r"{'oauth_consumer_key': 'a\777'}", "aǿ"),
        (r"{'oauth_consumer_key': 'k', 'n': 1if 1else 2}", None),
    ],
    ids=["an unknown escape", "an octal escape too large", "a number next to a word"],
)
def test_r7_pythons_warnings_about_the_text_do_not_leak(text: str, key: str | None) -> None:
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        passback = parse_passback(text)
    assert passback == (Passback(key) if key else None)
    assert leaked == []


TOKENS = (
    *("{", "}", "[", "]", "(", ")", ":", ",", "'", '"', "\\", "\n", "\t", " ", "\x00", "\ud800"),
    *("{'oauth_consumer_key':", '{"oauth_consumer_key":', "'k'", '"k"', "None", "null", "NaN"),
    *("1", "9" * 5000, "1e999", "1j", "-", "b''", "f'{x}'", "lambda:", "*", "...", "\\u", "#"),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join) | st.text())
def test_r7_any_text_is_read_or_refused_without_an_exception(text: str) -> None:
    assert isinstance(parse_passback(text), Passback | None)
