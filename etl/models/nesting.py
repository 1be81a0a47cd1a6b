"""How deep JSON nests, and where a value ends, without recursion: no depth overflows a stack."""

from __future__ import annotations

import json
import re

# In C, Python 3.11 reads 1000 levels less those of its own calls, 3.13 reads 10,000, and what fits
# the stack differs by system. What becomes of a record must not depend on who reads it.
DEPTH_AT_MOST = 512
BLANKS = " \t\n\r"
_separators = re.compile(f"[{BLANKS},:]*")
_CLOSING = {"[": "]", "{": "}"}
# Only the end of a value is of interest: no integer is converted (Python refuses those of more
# than 4300 digits), and a raw control character is for whoever decodes the record.
_scan = json.JSONDecoder(parse_int=str, strict=False).raw_decode


def end_of_value(text: str, position: int) -> int:
    """Where the value that begins at `position` ends. Raises `JSONDecodeError`.

    Its brackets match, and everything else is a text, a number or a word of JSON's; whether each
    stands where it may is for whoever decodes the value.
    """
    return _walk(text, position)[0]


def nests_too_deep(text: str) -> bool:
    """Whether a value nests deeper than `DEPTH_AT_MOST`; True as well for many brackets of no JSON.

    Few brackets are only counted, so a usual record costs next to nothing.
    """
    if text.count("[") + text.count("{") <= DEPTH_AT_MOST:
        return False
    try:
        return _walk(text.strip(BLANKS), 0)[1] > DEPTH_AT_MOST
    except json.JSONDecodeError:
        return True


def _walk(text: str, position: int) -> tuple[int, int]:
    """The end of the value and its depth: 1 for an array of numbers, 0 for a number."""
    open_until: list[str] = []
    depth = 0
    while True:
        letter = text[position : position + 1]
        if closing := _CLOSING.get(letter):
            open_until.append(closing)
            depth = max(depth, len(open_until))
            position += 1
        elif open_until and letter == open_until[-1]:
            open_until.pop()
            position += 1
        else:  # never an array or an object, so this does not recurse
            position = _scan(text, position)[1]
        if not open_until:
            return position, depth
        if blanks := _separators.match(text, position):
            position = blanks.end()
