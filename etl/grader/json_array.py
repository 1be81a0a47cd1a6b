r"""Splits the text of a JSON array into the texts of its elements, which are kept as they came.

The quarantine must be able to show a record exactly as the grader sent it, so nothing is decoded
here. `msgspec` does it at memory speed; what it refuses but Python's `json` takes (NaN, lone
surrogates such as `\ud800`, a raw newline in a text) is split by the slower scanner, so that one
odd record does not cost the whole answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

Split = list[msgspec.Raw]

_split = msgspec.json.Decoder(Split).decode
# Only the end of a value is of interest: no integer is converted (Python refuses those of more
# than 4300 digits), and a raw control character is for whoever decodes the record.
_scan = json.JSONDecoder(parse_int=str, strict=False).raw_decode
BLANKS = " \t\n\r"
_blanks = re.compile(f"[{BLANKS}]*")


def split_array(body: bytes | bytearray) -> Split:
    """One raw text a record. Raises `ValueError` when `body` is no JSON array.

    Elements are not checked beyond what splitting needs: invalid UTF-8 inside a string passes.
    Nesting too deep to be read counts as no JSON array.
    """
    try:
        return _split(body)
    except msgspec.DecodeError:
        return _split_leniently(body)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def whole_records(beginning: bytearray) -> int:
    """Where in an array's beginning the last comma between two of its records is; 0 for none."""
    comma = beginning.rfind(b"},") + 1
    try:
        _split(beginning[:comma] + b"]")  # whole only if that comma is not inside of a record
    except msgspec.DecodeError:
        text = _text(beginning)
        commas = [value.separator for value in _values(text) if text[value.separator] == ","]
        return len(_bytes(text[: commas[-1]])) if commas else 0
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return comma


class _Value(NamedTuple):
    text: str
    separator: int  # where the comma or the bracket behind it is


def _split_leniently(body: bytes | bytearray) -> Split:
    text = _text(body)
    values = list(_values(text))
    end = values[-1].separator if values else 0
    if text[end : end + 1] != "]" or text[end + 1 :].strip(BLANKS):
        raise ValueError("no array, or cut off")
    return [msgspec.Raw(_bytes(value.text)) for value in values]


def _values(text: str) -> Iterator[_Value]:
    """The values of an array that are followed by a comma or the end, as far as there are any."""
    position = _skip_blanks(text, 0)
    is_array = text[position : position + 1] == "["
    while is_array:
        start = _skip_blanks(text, position + 1)
        try:
            end = _scan(text, start)[1]
        except RecursionError as error:
            raise ValueError("nested too deep") from error
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


def _text(body: bytes | bytearray) -> str:
    """`surrogateescape` gives every byte back as it was, valid UTF-8 or not."""
    return body.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
