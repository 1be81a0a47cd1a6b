"""The answer is cut into the records' own texts, to the byte, or it is no array."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.grader.answer import split_array

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates, too
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=8,
)
BLANK = st.text(" \t\r\n", max_size=2)
INDENT = st.sampled_from([None, 0, 1, "\t"])


@st.composite
def arrays(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """The text of an array and those of its elements, in any layout that JSON allows."""
    layout: dict[str, Any] = {"ensure_ascii": draw(st.booleans()), "indent": draw(INDENT)}
    texts = [json.dumps(value, **layout) for value in draw(st.lists(VALUES, max_size=6))]
    spaced = [draw(BLANK) + text + draw(BLANK) for text in texts]
    body = f"{draw(BLANK)}[{draw(BLANK)}{','.join(spaced)}]"
    return encoded(body), [encoded(text) for text in texts]


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@given(arrays(), BLANK)
@settings(deadline=None)
def test_r10_each_record_keeps_its_own_text(array: tuple[bytes, list[bytes]], end: str) -> None:
    body, texts = array
    assert [bytes(raw) for raw in split_array(body + end.encode())] == texts


@given(arrays())
@settings(deadline=None)
def test_r10_the_lenient_scanner_cuts_where_the_fast_one_does(
    array: tuple[bytes, list[bytes]],
) -> None:
    body, texts = array
    odd = body.replace(b"[", b"[NaN" + b"," * bool(texts), 1)
    assert [bytes(raw) for raw in split_array(odd)] == [b"NaN", *texts]


@pytest.mark.parametrize(
    "record",
    [
        b'"\\ud800"',
        b"1e999",
        b'"two\nlines"',
        b'"\xed\xa0\x80"',
        '"\ufeff\u2028é🎓"'.encode(),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"[":' * 100_000 + b'"]}"' + b"}" * 100_000,
        b"{1: 2}",
        b'{"a":[1,,{"b"}]}',
    ],
    ids=lambda record: repr(record)[2:22],
)
def test_r10_one_odd_record_costs_none_of_the_others(record: bytes) -> None:
    around = [b'{"a": [1, "]"]}', b"NaN", b'"\xff"']
    body = b"[" + b" ,\n".join([*around, record, *around]) + b"]"
    for array in (body, bytearray(body)):
        assert [bytes(raw) for raw in split_array(array)] == [*around, record, *around]


@pytest.mark.parametrize("odd", [b"", b"NaN, "], ids=["fast", "lenient"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[@",
        "[@1 2]",
        "[,@1]",
        "[@1] x",
        "[@01]",
        '[@"\\q"]',
        "[@[1, {]}]",
        '[@{"a": \\"1}]',
        "\ufeff[@1]",
        "[@" + "[" * 100_000 + "]" * 99_999 + "]",
    ],
    ids=lambda text: repr(text)[:20],
)
def test_a8_what_is_no_array_is_refused(text: str, odd: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever the parser is
        split_array(text.encode().replace(b"@", odd))
