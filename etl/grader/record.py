"""Decodes the JSON text of a record into typed fields, and holds the rules for these fields.

A value of a wrong type is marked, never guessed. `msgspec` decodes nearly all records. Odd ones
(wrong types, NaN, lone surrogates, numbers beyond 64 bits, broken UTF-8) go through Python's
lenient `json`, and each field that is not of its type gets `WRONG_TEXT` or `WRONG_VERDICT`, which
no rule accepts. Oddities in keys that are not fields of `RawAttempt` change nothing, unless they
nest too deep (`DEPTH_AT_MOST`).
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from binascii import a2b_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import unescape
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.grader.answer import Piece, nests_too_deep
from etl.models.records import Reason

WRONG_TEXT = "\x00"
WRONG_VERDICT = -1
# Half a UTF-16 pair is no character: neither PostgreSQL nor pandas' Arrow texts can hold it.
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Nor can the type `text` of PostgreSQL hold NUL (manual, chapter 8.3).
NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")

CREATED_AT = re.compile(
    r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)
USER_ID = re.compile("[!-~]{1,32}")  # printable ASCII without blanks; `user_id` is VARCHAR(32)
ATTEMPT_TYPES = ("run", "submit")
# true, false, 1.0 and 0.0 in JSON are equal to these numbers and count as they do.
VERDICTS = {None: None, 0: False, 1: True}

Holds = Callable[[Any], object]
Fields = Mapping[str, Any]  # by name: one value for each record, in their order

# Each rule names a field and what must hold of its values; `docs/grader-api.md` says which values
# have been seen, and why. The first rule that a record breaks is the reason why it is rejected.
RULES: dict[Reason, tuple[str, Holds]] = {
    Reason.NOT_AN_OBJECT: ("is_object", bool),
    Reason.USER_ID_MISSING: ("user_id", lambda user: user and user.strip()),
    Reason.USER_ID_INVALID: ("user_id", lambda user: user and USER_ID.fullmatch(user)),
    Reason.ATTEMPT_TYPE_UNKNOWN: ("attempt_type", lambda kind: kind in ATTEMPT_TYPES),
    Reason.CREATED_AT_INVALID: ("is_moment", bool),
    Reason.VERDICT_INVALID: ("is_correct", lambda verdict: verdict in VERDICTS),
    Reason.VERDICT_ON_RUN: ("judged", lambda judged: judged not in {("run", 0), ("run", 1)}),
    Reason.VERDICT_MISSING: ("judged", lambda judged: judged != ("submit", None)),
    Reason.PASSBACK_INVALID: ("is_passback", bool),
}


class RawAttempt(msgspec.Struct, gc=False):
    """The five values of a grader's record (`docs/grader-api.md`); a missing key or `null` is None.

    Other keys are ignored; if a key is there twice, the last value counts, as in `json`.
    """

    lti_user_id: str | None = None
    passback_params: str | None = None
    is_correct: bool | int | None = None
    attempt_type: str | None = None
    created_at: str | None = None


class _FiveKeys(RawAttempt, gc=False, forbid_unknown_fields=True):
    """A record without other keys: nothing in it nests, so its depth need not be measured."""


_decode = msgspec.json.Decoder(RawAttempt).decode
_decode_all = msgspec.json.Decoder(list[_FiveKeys]).decode


def decode_records(records: Sequence[msgspec.Raw]) -> Sequence[RawAttempt | None]:
    """Returns the fields of each record; None for one that is no JSON object or nests too deep."""
    # Together, which takes half the time; one by one only if one of them is odd.
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        array = records.array if isinstance(records, Piece) else b"[%b]" % b",".join(records)
        decoded = _decode_all(array)
        if len(decoded) == len(records):
            return decoded
    return [decode_record(record) for record in records]


def decode_record(raw: msgspec.Raw) -> RawAttempt | None:
    """Returns the fields of a record, or None if it is no JSON object or nests too deep."""
    # `surrogateescape` turns a byte that is no UTF-8 into a lone surrogate instead of failing.
    text = bytes(raw).decode("utf-8", "surrogateescape")
    if nests_too_deep(text):
        return None
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_carefully(text)


def _decode_carefully(text: str) -> RawAttempt | None:
    try:
        # `int` raises for more than 4300 digits, which would cost the whole record.
        value = json.loads(text, parse_int=float)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    verdict = value.get("is_correct")
    return RawAttempt(
        lti_user_id=_text(value.get("lti_user_id")),
        passback_params=_text(value.get("passback_params")),
        is_correct=verdict if verdict is None or verdict in (0, 1) else WRONG_VERDICT,
        attempt_type=_text(value.get("attempt_type")),
        created_at=_text(value.get("created_at")),
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value if isinstance(value, str) and not LONE_SURROGATE.search(value) else WRONG_TEXT


def parse_moments(texts: Sequence[str | None]) -> npt.NDArray[np.datetime64]:
    """Returns each text of `created_at` as naive UTC in microseconds; NaT for an unreadable one.

    A text is ISO 8601 of the years 2000 to 2099; without an offset it is UTC. Digits beyond the
    sixth of a fraction are cut. The grader writes `str(datetime)`, which omits a fraction of zero.
    """
    iso = [text if text and CREATED_AT.fullmatch(text) else None for text in texts]
    column = pd.Series(iso, dtype="object")
    moments = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
    return moments.dt.tz_localize(None).dt.floor("us").dt.as_unit("us").to_numpy()


class Passback(msgspec.Struct, gc=False, frozen=True):
    """The LTI values in a record's `passback_params`; a missing key is None, others are ignored."""

    oauth_consumer_key: str | None = None
    lis_result_sourcedid: str | None = None
    lis_outcome_service_url: str | None = None

    @property
    def all_texts(self) -> str:
        return f"{self.oauth_consumer_key}{self.lis_result_sourcedid}{self.lis_outcome_service_url}"


NOTHING = Passback()
ABSENT = frozenset({"", "None", "null"})
# Real passbacks have 400 characters; `ast` needs a hundred times the memory of what it parses.
LITERAL_CHARACTERS_AT_MOST = 20_000
# The parser of Python calls itself for every sign, word and bracket, which can overflow a small
# stack. Code outside of texts nests no deeper than it is long; real passbacks have 50 characters.
SYNTAX_CHARACTERS_AT_MOST = 1_000
TEXT = re.compile(
    r"""(?<![\w'"])[bBrRuU]{0,2}(?:'[^'\\]*(?:\\.[^'\\]*)*'?|"[^"\\]*(?:\\.[^"\\]*)*"?)""",
    re.DOTALL,
)  # an unclosed literal runs to the end, so each letter is looked at once
# Marks left over by triple quotes, f-strings and comments, where literals end elsewhere.
UNCLEAR = re.compile("['\"#]")

_decode_passback = msgspec.json.Decoder(Passback).decode


def parse_passback(text: str | None) -> Passback | None:
    """Returns the LTI values in a text of `passback_params`: a Python dict's `repr`, or JSON.

    Returns a `Passback` without values for an absent text, and None for anything but a dict of
    texts that PostgreSQL can store. Code is never run, whatever the text says.
    """
    if text is None or text.strip() in ABSENT:
        return NOTHING
    passback = _parse_json(text) or _parse_literal(text)
    return passback if passback and not NOT_STORABLE.search(passback.all_texts) else None


def _parse_json(text: str) -> Passback | None:
    """Reads JSON, or a `repr` without escapes and double quotes, which is JSON in other quotes."""
    json_text = text if '"' in text or "\\" in text else text.replace("'", '"')
    if not nests_too_deep(json_text):
        with suppress(msgspec.DecodeError, UnicodeEncodeError):
            return _decode_passback(json_text)
    return None


def _parse_literal(text: str) -> Passback | None:
    if len(text) > LITERAL_CHARACTERS_AT_MOST:
        return None
    syntax = TEXT.sub("", text)
    if len(syntax) > SYNTAX_CHARACTERS_AT_MOST or UNCLEAR.search(syntax):
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # about odd escapes in foreign text
            return msgspec.convert(ast.literal_eval(text.strip()), Passback)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None  # as documented for `literal_eval`; `convert` raises a ValueError, too


# Shorter ids would be found by chance in times and in names of tasks.
LONG_ID = re.compile(r"[\w.@+-]{16,}")
# Open edX's ids, and UUIDs. Their capitals and dashes are a matter of taste.
HEX_ID = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])",
    re.IGNORECASE,
)
NUMBER = re.compile(r'"lti_user_id"\s*:\s*(\d+)')
ESCAPE = re.compile(r"\\+(?:u([0-9a-f]{4})|x([0-9a-f]{2}))", re.IGNORECASE)
BASE64 = re.compile(r"[A-Za-z0-9+/]{22,}")
URL_SAFE = str.maketrans("-_", "+/")
# The grader's JSON holds texts that hold JSON or addresses: each may escape the one within.
LAYERS_AT_MOST = 4


def named_students(record: str) -> Iterator[str]:
    """Yields every part of a record's JSON text, even a broken one, that may be a student's id.

    These are the values of fields that hold an id, and all words of 16 characters or more, also
    those that are escaped or in base64.
    """
    attempt = decode_record(msgspec.Raw(record.encode("utf-8", "surrogateescape")))
    if attempt and attempt.lti_user_id:
        yield attempt.lti_user_id.strip()
    passback = parse_passback(attempt.passback_params) if attempt else None
    if passback and passback.lis_result_sourcedid:
        yield passback.lis_result_sourcedid.rpartition(":")[2]
    yield from NUMBER.findall(record)
    for text in {*_spelled_out(record)}:
        yield from LONG_ID.findall(text)
        for found in map(UUID, HEX_ID.findall(text)):
            yield from (found.hex, str(found))


def _spelled_out(text: str) -> Iterator[str]:
    """Yields the text as it is, then with one layer of escapes undone after another, and base64."""
    for _ in range(LAYERS_AT_MOST):
        yield text
        text = unescape(unquote(ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)))
    for word in BASE64.findall(text.translate(URL_SAFE)):
        for begin in range(4):  # something else may stand right before it
            end = len(word) - ((len(word) - begin) % 4 == 1)
            decoded = a2b_base64(word[begin:end] + "==")
            yield from (decoded.decode("latin-1"), decoded.hex())
