"""A1 notation: `'My tab'!A1:G100` to a block of zero-based, half-open indexes, and back.

Source: https://developers.google.com/workspace/sheets/api/guides/concepts#cell
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Three letters at most: a grid has no more than 18,278 columns (ZZZ).
_CORNERS = re.compile(r"([A-Z]{1,3})?([1-9]\d*)?(?::([A-Z]{1,3})?([1-9]\d*)?)?", re.IGNORECASE)
_TITLED = re.compile(r"(?:'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^'!]+))(?:!(?P<cells>.+))?")


@dataclass(frozen=True)
class Block:
    """Cells `[top, bottom) x [left, right)`; an end of None is the end of the grid."""

    top: int = 0
    left: int = 0
    bottom: int | None = None
    right: int | None = None


def parse_cells(text: str) -> Block:
    """Read `A1`, `A1:G100`, `A:A`, `1:1` or `A2:C`; anything else is a ValueError."""
    match = _CORNERS.fullmatch(text)
    if not match or not text:
        raise ValueError(f"Unable to parse range: {text}")
    left, top, right, bottom = match.groups()
    if ":" not in text:
        if not (left and top):
            raise ValueError(f"Unable to parse range: {text}")
        right, bottom = left, top
    elif not (right or bottom):
        raise ValueError(f"Unable to parse range: {text}")
    return Block(
        top=int(top) - 1 if top else 0,
        left=column_index(left) if left else 0,
        bottom=int(bottom) if bottom else None,
        right=column_index(right) + 1 if right else None,
    )


def is_cell(text: str) -> bool:
    """Whether a text names one cell, as `Q1` does."""
    return re.fullmatch(r"[A-Z]{1,3}[1-9]\d*", text, re.IGNORECASE) is not None


def split_title(text: str) -> tuple[str, str | None]:
    """Split `'It''s'!A1` into `It's` and `A1`; the cells are None when only a title is there."""
    match = _TITLED.fullmatch(text)
    if not match:
        raise ValueError(f"Unable to parse range: {text}")
    quoted, plain, cells = match.group("quoted", "plain", "cells")
    return (plain if quoted is None else quoted.replace("''", "'")), cells


def column_index(letters: str) -> int:
    """`A` is 0, `Z` is 25, `AA` is 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def column_letters(index: int) -> str:
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def cell_name(row: int, column: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def range_name(title: str, top: int, left: int, bottom: int, right: int) -> str:
    """Write a range as the API answers it; a tab's title is quoted unless it is a plain word."""
    if not re.fullmatch(r"[A-Za-z_]\w*", title, re.ASCII):
        title = "'" + title.replace("'", "''") + "'"
    first, last = cell_name(top, left), cell_name(bottom - 1, right - 1)
    return f"{title}!{first}" if first == last else f"{title}!{first}:{last}"
