r"""Cuts the text of a JSON array into pieces and into records, which are kept as they came.

The quarantine must be able to show a record exactly as the grader sent it, so nothing is decoded
here. `msgspec` does it at memory speed. What it refuses (NaN, lone surrogates such as `\ud800`, a
raw newline in a text, nesting without end) is split by a slower scanner that matches brackets, so
that one odd record does not cost the whole answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from etl.models.nesting import BLANKS, end_of_value

Split = list[msgspec.Raw]

_split = msgspec.json.Decoder(Split).decode
_blanks = re.compile(f"[{BLANKS}]*")


class Piece:
    """Some records of an answer: a JSON array by itself, split only where a record is asked for."""

    def __init__(
        self,
        array: bytes | bytearray,
        count: int,
        records: Sequence[msgspec.Raw] | None = None,
    ) -> None:
        self.array = array
        self._count = count
        self._records = records

    @classmethod
    def of(cls, records: Sequence[msgspec.Raw]) -> Piece:
        """A piece of texts that need not be JSON any more, such as redacted ones."""
        return cls(b"[%b]" % b",".join(records), len(records), records)

    def __len__(self) -> int:
        return self._count

    @property
    def records(self) -> Sequence[msgspec.Raw]:
        """Each record's text as it came."""
        return split_array(self.array) if self._records is None else self._records


def split_array(array: bytes | bytearray) -> Split:
    """One raw text a record. Raises `ValueError` when that is no JSON array.

    Elements are not checked beyond what splitting needs: invalid UTF-8 inside a string passes, and
    so does a comma too many inside a record.
    """
    try:
        return _split(array)
    except (msgspec.DecodeError, RecursionError):
        return _split_leniently(array)


def split_off(beginning: bytearray) -> tuple[Piece, bytearray] | None:
    """The whole records of an array's beginning, and the array of what is behind them.

    None when no record is known to be whole. `beginning` is taken apart, not copied.
    """
    comma = beginning.rfind(b"},") + 1
    rest = beginning[comma:]
    beginning[comma:] = b"]"
    try:
        piece = Piece(beginning, len(_split(beginning)))  # fails for a comma inside of a record
    except (msgspec.DecodeError, RecursionError):
        beginning[comma:] = rest
        return _split_off_leniently(beginning)
    rest[:1] = b"["
    return piece, rest


class _Value(NamedTuple):
    text: str
    separator: int  # where the comma or the bracket behind it is


def _split_leniently(array: bytes | bytearray) -> Split:
    text = _text(array)
    values = list(_values(text))
    end = values[-1].separator if values else 0
    if text[end : end + 1] != "]" or text[end + 1 :].strip(BLANKS):
        raise ValueError("no array, or cut off")
    return [msgspec.Raw(_bytes(value.text)) for value in values]


def _split_off_leniently(beginning: bytearray) -> tuple[Piece, bytearray] | None:
    text = _text(beginning)
    commas = [value.separator for value in _values(text) if text[value.separator] == ","]
    if not commas:
        return None
    whole, rest = text[: commas[-1]], text[commas[-1] + 1 :]
    return Piece(_bytes(f"{whole}]"), len(commas)), bytearray(_bytes(f"[{rest}"))


def _values(text: str) -> Iterator[_Value]:
    """The values of an array that are followed by a comma or the end, as far as there are any."""
    position = _skip_blanks(text, 0)
    is_array = text[position : position + 1] == "["
    while is_array:
        start = _skip_blanks(text, position + 1)
        try:
            end = end_of_value(text, start)
        except json.JSONDecodeError:
            return
        position = _skip_blanks(text, end)
        if text[position : position + 1] not in {",", "]"}:
            return
        yield _Value(text[start:end], position)
        is_array = text[position] == ","


def _skip_blanks(text: str, position: int) -> int:
    found = _blanks.match(text, position)
    return found.end() if found else position


def _text(array: bytes | bytearray) -> str:
    """`surrogateescape` gives every byte back as it was, valid UTF-8 or not."""
    return array.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def raw_text(raw: msgspec.Raw) -> str:
    r"""The record as it came, fit for a `text` column: bytes that are no UTF-8 show as `\\xff`."""
    return bytes(raw).decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
