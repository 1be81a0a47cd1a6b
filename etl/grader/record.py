"""A record's JSON text as typed fields; what has a wrong type is marked, never guessed.

Nearly every record decodes at once. The odd ones (wrong types, NaN, lone surrogates, numbers
beyond 64 bits, broken UTF-8) go through Python's lenient `json`, and each field that is not of its
type becomes the `WRONG` value of that field, which no rule of the processor accepts. Oddities in
other keys than the five change nothing, unless they nest deeper than every Python can read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from etl.grader.answer import array_of, nests_too_deep

# Half a UTF-16 pair is no character: neither PostgreSQL nor pandas' Arrow texts can hold it.
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
WRONG_TEXT = "\x00"
WRONG_VERDICT = -1


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
    """All at once; where one is odd, one by one. None for what is no JSON object."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        decoded = _decode_all(array_of(records))
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
