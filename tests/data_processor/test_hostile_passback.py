"""Passbacks that want to run, to fill the memory, to overflow the stack or to warn."""

from __future__ import annotations

import json
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.demo.campus import record
from etl.grader.record import Passback, parse_passback
from etl.models.records import Reason
from tests.data_processor.answers import process, reason, row

MEGABYTE = 2**20
SMALL_STACK_BYTES = 512 * 1024

CODE = {
    "a call": "__import__('pathlib').Path({path!r}).touch()",
    "a call as value": "{{'oauth_consumer_key': __import__('pathlib').Path({path!r}).touch()}}",
    "a call as key": "{{__import__('pathlib').Path({path!r}).touch(): 'k'}}",
    "a call as element": "[__import__('pathlib').Path({path!r}).touch()]",
    "open": "open({path!r}, 'w')",
    "a lambda": "(lambda: open({path!r}, 'w'))()",
    "a comprehension": "{{k: open({path!r}, 'w') for k in 'k'}}",
    "an f-string": "{{'oauth_consumer_key': f'{{open({path!r}, chr(119))}}'}}",
    "a statement": "import pathlib; pathlib.Path({path!r}).touch()",
    "an assignment expression": "{{'k': (f := open({path!r}, 'w'))}}",
}

# What comes when Python's parser is fed with 20,000 or 100,000 characters that nest.
NESTED = {
    "lists": "[" * 100_000 + "]" * 100_000,
    "lists without an end": "[" * 100_000,
    "dicts": "{'a':" * 100_000 + "1" + "}" * 100_000,
    "dicts of JSON": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "lists that Python may try": "[" * 9_999 + "]" * 9_999,
    "dicts that Python may try": "{'a':" * 3_000 + "1" + "}" * 3_000,
    "lists in an ignored key": "{'x':" + "[" * 9_000 + "]" * 9_000 + "}",
    "lists that some Pythons read": "{'x':" + "[" * 600 + "]" * 600 + "}",
    "dicts that some Pythons read": '{"x":' * 1_000 + "{}" + "}" * 1_000,
    "minus in an ignored key": "{'x':" + "-" * 19_000 + "1}",
    "minus in an f-string": "{'x':f'{" + "-" * 19_000 + "1}'}",
    "minus behind a comment": "{ # '\n'x':" + "-" * 19_000 + "1, # '\n}",
    "a quote that never closes": "{'x': '" + "\\'" * 9_990,
    "minus behind a quote": "{'x':''' ' '''" + "-" * 19_000 + "1,'y':'z'}",
    "brackets": "(" * 9_999 + ")" * 9_999,
    "minus": "-" * 19_999 + "1",
    "not": "not " * 4_999 + "1",
    "a sum": "1+" * 9_999 + "1",
    "a power": "2" + "**2" * 6_000,
    "attributes": "a" + ".b" * 9_999,
    "calls": "a(" * 9_999,
    "lambdas": "lambda:" * 2_850 + "1",
    "conditions": "1 if 1 else " * 1_600 + "1",
}


@pytest.mark.parametrize("code", CODE.values(), ids=CODE)
def test_r7_code_is_never_run(code: str, tmp_path: Path) -> None:
    text = code.format(path=str(tmp_path / "proof"))
    assert reason(passback_params=text) == Reason.PASSBACK_INVALID
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_r7_nesting_without_end_is_rejected(text: str) -> None:
    assert reason(passback_params=text) == Reason.PASSBACK_INVALID


def test_r7_nesting_overflows_no_small_stack() -> None:
    """Such as a thread's on macOS; a crash would end the whole run of the tests."""
    usual = threading.stack_size(SMALL_STACK_BYTES)
    try:
        with ThreadPoolExecutor(1) as thread:
            parsed = list(thread.map(parse_passback, NESTED.values()))
    finally:
        threading.stack_size(usual)
    assert parsed == [None] * len(NESTED)


def test_r7_a_megabyte_is_stored_where_the_quick_reader_can_take_it() -> None:
    key = "k" * MEGABYTE
    assert row(passback_params=repr({"oauth_consumer_key": key}))["oauth_consumer_key"] == key


def test_r7_a_megabyte_of_escapes_is_read_as_json_and_rejected_as_a_python_literal() -> None:
    # `ast` would need a hundred times that memory.
    key = "\\" * MEGABYTE
    assert parse_passback(json.dumps({"oauth_consumer_key": key})) == Passback(key)
    assert reason(passback_params=repr({"oauth_consumer_key": key})) == Reason.PASSBACK_INVALID


def test_r7_a_literal_with_escapes_is_read_up_to_twenty_thousand_characters() -> None:
    key = "'\"" + "k" * 19_000
    assert parse_passback(repr({"oauth_consumer_key": key})) == Passback(key)
    assert parse_passback(repr({"oauth_consumer_key": key + "k" * 1_000})) is None


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


def test_r7_a_hostile_passback_costs_no_other_record_its_place() -> None:
    batch = process(record(), record(passback_params="[" * 100_000), record())
    assert (list(batch.rows.index), len(batch.rejected)) == ([0, 2], 1)


TOKENS = (
    *("{", "}", "[", "]", "(", ")", ":", ",", "'", '"', "\\", "\n", "\t", " ", "\x00", "\ud800"),
    *("{'oauth_consumer_key':", '{"oauth_consumer_key":', "'k'", '"k"', "None", "null", "NaN"),
    *(
        "1",
        "9" * 5000,
        "1e999",
        "1j",
        "-",
        "b''",
        "f'{x}'",
        "lambda:",
        "*",
        "**",
        "...",
        "\\u",
        "#",
    ),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join) | st.text())
def test_r7_any_text_is_read_or_refused_without_an_exception(text: str) -> None:
    assert isinstance(parse_passback(text), Passback | None)
