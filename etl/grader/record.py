"""A record of the grader: its JSON text as typed fields, and the rules that each must keep.

What has a wrong type is marked, never guessed. Nearly every record decodes at once. The odd ones
(wrong types, NaN, lone surrogates, numbers beyond 64 bits, broken UTF-8) go through Python's
lenient `json`, and each field that is not of its type becomes the `WRONG` value of that field,
which no rule accepts. Oddities in other keys than the five change nothing, unless they nest deeper
than every Python can read.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

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
# Nor can PostgreSQL's text hold NUL (its chapter 8.3).
NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")

CREATED_AT = re.compile(
    r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)
USER_ID = re.compile("[!-~]{1,32}")  # printable ASCII without blanks; `user_id` is VARCHAR(32)
ATTEMPT_TYPES = ("run", "submit")
# JSON's true, false, 1.0 and 0.0 are equal to these numbers and count as they do.
VERDICTS = {None: None, 0: False, 1: True}

Holds = Callable[[Any], object]
Fields = Mapping[str, Any]  # by name, the values of all records in their order

# What must hold of which field; `docs/grader-api.md` says what has been seen in them, and why. The
# first rule that a record breaks is its reason.
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
    """The five keys of `docs/grader-api.md`; a missing key and `null` are both None.

    Other keys are ignored; of a key that is there twice the last one counts, as in `json`.
    """

    lti_user_id: str | None = None
    passback_params: str | None = None
    is_correct: bool | int | None = None
    attempt_type: str | None = None
    created_at: str | None = None


class _FiveKeys(RawAttempt, gc=False, forbid_unknown_fields=True):
    """Nothing in it nests, so its depth need not be measured."""


_decode = msgspec.json.Decoder(RawAttempt).decode
_decode_all = msgspec.json.Decoder(list[_FiveKeys]).decode


def decode_records(records: Sequence[msgspec.Raw]) -> Sequence[RawAttempt | None]:
    """All at once, in half the time; where one is odd, one by one. None for no JSON object."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        array = records.array if isinstance(records, Piece) else b"[%b]" % b",".join(records)
        decoded = _decode_all(array)
        if len(decoded) == len(records):
            return decoded
    return [decode_record(record) for record in records]


def decode_record(raw: msgspec.Raw) -> RawAttempt | None:
    """None for what is no JSON object, or is one that nests too deep."""
    # `surrogateescape` shows a byte that is no UTF-8 as a lone surrogate, and goes on.
    text = bytes(raw).decode("utf-8", "surrogateescape")
    if nests_too_deep(text):
        return None
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_carefully(text)


def _decode_carefully(text: str) -> RawAttempt | None:
    try:
        # `int` refuses more than 4300 digits, which would cost the whole record.
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
    """Each `created_at` as naive UTC with the microseconds that PostgreSQL keeps.

    Of the ISO 8601 family; digits beyond the sixth are cut. NaT for anything else. The grader's own
    form is `str(datetime)`, whose fraction is absent when it is zero.
    """
    iso = [text if text and CREATED_AT.fullmatch(text) else None for text in texts]
    column = pd.Series(iso, dtype="object")
    moments = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
    return moments.dt.tz_localize(None).dt.floor("us").dt.as_unit("us").to_numpy()


class Passback(msgspec.Struct, gc=False, frozen=True):
    """What LTI gave the grader; a missing key is None, `''` stays `''`, other keys are ignored."""

    oauth_consumer_key: str | None = None
    lis_result_sourcedid: str | None = None
    lis_outcome_service_url: str | None = None

    @property
    def all_texts(self) -> str:
        return f"{self.oauth_consumer_key}{self.lis_result_sourcedid}{self.lis_outcome_service_url}"


NOTHING = Passback()
ABSENT = frozenset({"", "None", "null"})
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

_decode_passback = msgspec.json.Decoder(Passback).decode


def parse_passback(text: str | None) -> Passback | None:
    """`passback_params`: the `repr` of a Python dict, or JSON, read as data only.

    None for what is no dict of texts. Code is never run, whatever the text says.
    """
    if text is None or text.strip() in ABSENT:
        return NOTHING
    passback = _parse_json(text) or _parse_literal(text)
    return passback if passback and not NOT_STORABLE.search(passback.all_texts) else None


def _parse_json(text: str) -> Passback | None:
    """A `repr` without escapes and double quotes is JSON with other quotes: no need for `ast`."""
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
        with warnings.catch_warnings(action="ignore"):  # of odd escapes, whose text is not ours
            return msgspec.convert(ast.literal_eval(text.strip()), Passback)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        # Each is documented for `literal_eval` on text that is no literal; what `convert` refuses
        # is a ValueError too.
        return None


# Shorter ids would be found by chance in times and in names of tasks.
LONG_ID = re.compile(r"[\w.@+-]{16,}")
OPEN_EDX_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
NUMBER = re.compile(r'"lti_user_id"\s*:\s*(\d+)')


def named_students(record: str) -> Iterator[str]:
    """Ids of students that a JSON text names, be it a good record or not.

    They are what stands where the grader writes one, and all long words.
    """
    attempt = decode_record(msgspec.Raw(record.encode("utf-8", "surrogateescape")))
    if attempt and attempt.lti_user_id:
        yield attempt.lti_user_id.strip()
    passback = parse_passback(attempt.passback_params) if attempt else None
    if passback and passback.lis_result_sourcedid:
        yield passback.lis_result_sourcedid.rpartition(":")[2]
    yield from NUMBER.findall(record)
    text = unquote(record)
    yield from LONG_ID.findall(text)
    yield from OPEN_EDX_ID.findall(text)
