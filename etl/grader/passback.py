"""`passback_params`: the `repr` of a Python dict inside a JSON string, read as data only."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from contextlib import suppress
from itertools import compress
from typing import cast

import msgspec

from etl.grader.answer import DEPTH_AT_MOST, nests_too_deep

# Real ones have 400 characters; `ast` needs a hundred times the memory of what it parses.
LITERAL_CHARACTERS_AT_MOST = 20_000
# Python's parser calls itself for every sign, word and bracket, which can overflow a small stack.
# What is outside of texts nests no deeper than it is long; real ones have 50 characters of it.
SYNTAX_CHARACTERS_AT_MOST = 1_000
TEXT = re.compile(
    r"""(?<![\w'"])[bBrRuU]{0,2}(?:'[^'\\]*(?:\\.[^'\\]*)*'?|"[^"\\]*(?:\\.[^"\\]*)*"?)""",
    re.DOTALL,
)  # up to the end, where the closing quote is missing: each letter is looked at once
# What makes Python see the borders of texts elsewhere: three quotes, an f-string, a comment.
UNCLEAR = re.compile("['\"#]")
# PostgreSQL's text cannot hold NUL (its chapter 8.3), and UTF-8 has no lone surrogates.
NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
ABSENT = frozenset({"", "None", "null"})


class Passback(msgspec.Struct, gc=False, frozen=True):
    """What LTI gave the grader; a missing key is None, `''` stays `''`, other keys are ignored."""

    oauth_consumer_key: str | None = None
    lis_result_sourcedid: str | None = None
    lis_outcome_service_url: str | None = None


NOTHING = Passback()
# A dict of plain texts: JSON as soon as its quotes are, and nothing in it begins or ends another.
PLAIN = re.compile(r'\{[^{}"\\\n]*\}')
_decode = msgspec.json.Decoder(Passback).decode
_decode_all = msgspec.json.Decoder(list[Passback]).decode


def parse_passbacks(texts: Sequence[str | None]) -> Sequence[Passback | None]:
    """Plain ones all at once, the others one by one, each as `parse_passback` does it."""
    is_plain = [text is not None and text[:1] == "{" for text in texts]
    plain = _parse_plain(list(compress(cast(Sequence[str], texts), is_plain)))
    if plain is None:
        is_plain = [text is not None and PLAIN.fullmatch(text) is not None for text in texts]
        plain = _parse_plain(list(compress(cast(Sequence[str], texts), is_plain)))
    if plain is None:
        return [parse_passback(text) for text in texts]
    if len(plain) == len(texts):
        return plain
    parsed = iter(plain)
    return [
        next(parsed) if plainly else parse_passback(text)
        for text, plainly in zip(texts, is_plain, strict=True)
    ]


def _parse_plain(texts: Sequence[str]) -> list[Passback] | None:
    """Texts that begin with a brace, as one array; None when that shows not all to be plain.

    Each has one opening brace, at its beginning, so none can hold two dicts, and where one ran
    into the next there would be fewer dicts than texts.
    """
    together = ",".join(texts)
    if together.count("{") != len(texts) or '"' in together or "\\" in together:
        return None
    if together.count("[") > DEPTH_AT_MOST:
        return None
    try:
        parsed = _decode_all(f"[{together}]".replace("'", '"'))
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    return parsed if len(parsed) == len(texts) else None


def parse_passback(text: str | None) -> Passback | None:
    """None for what is no dict of texts. Code is never run, whatever the text says."""
    if text is None or text.strip() in ABSENT:
        return NOTHING
    passback = _parse(text)
    if passback is None or any(map(_is_not_storable, msgspec.structs.astuple(passback))):
        return None
    return passback


def _parse(text: str) -> Passback | None:
    """A `repr` without escapes and double quotes is JSON with other quotes: no need for `ast`."""
    json_text = text if '"' in text or "\\" in text else text.replace("'", '"')
    with suppress(msgspec.DecodeError, UnicodeEncodeError):
        if not nests_too_deep(json_text):
            return _decode(json_text)
    return _parse_literal(text)


def _parse_literal(text: str) -> Passback | None:
    if len(text) > LITERAL_CHARACTERS_AT_MOST:
        return None
    syntax = TEXT.sub("", text)
    if len(syntax) > SYNTAX_CHARACTERS_AT_MOST or UNCLEAR.search(syntax):
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # of odd escapes, whose text is not ours
            return msgspec.convert(ast.literal_eval(text.strip()), Passback)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        # Each is documented for `literal_eval` on text that is no literal; what `convert` refuses
        # is a ValueError too.
        return None


def _is_not_storable(value: str | None) -> bool:
    return value is not None and NOT_STORABLE.search(value) is not None
