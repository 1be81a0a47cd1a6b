"""Ranges of the emulated Sheets API: what they share, moved with the grid, and as answered.

A GridRange here names its sheet and all of its indexes, zeros too; one without indexes is its
whole sheet.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other
"""

from __future__ import annotations

import re
from typing import Any, Literal

from gspread.utils import absolute_range_name, rowcol_to_a1

Json = dict[str, Any]
Dimension = Literal["ROWS", "COLUMNS"]

# A field of protobuf without presence is left out of JSON when it is zero.
LEFT_OUT_WHEN_ZERO = ("sheetId", "rowIndex", "columnIndex", "offsetXPixels", "offsetYPixels")
# Letters, digits and no cell: such a title needs no quotes.
PLAIN_TITLE = re.compile(r"(?![A-Za-z]{1,3}\d+$)[A-Za-z_]\w*", re.ASCII)


def a1_of(title: str, grid_range: Json) -> str:
    """A range as Google names it in its answers: `Week!A1:B`, `'D3'!A1`."""
    top, left = grid_range.get("startRowIndex", 0), grid_range.get("startColumnIndex", 0)
    bottom, right = grid_range.get("endRowIndex"), grid_range.get("endColumnIndex")
    first = rowcol_to_a1(top + 1, left + 1)
    last = f"{rowcol_to_a1(1, right)[:-1] if right else ''}{bottom or ''}"
    block = f"{first}:{last}" if last not in ("", first) else first
    return f"{title}!{block}" if PLAIN_TITLE.fullmatch(title) else absolute_range_name(title, block)


def overlaps(grid_range: Json, rows: range, columns: range) -> bool:
    """Whether a range has cells in a block."""
    if "startRowIndex" not in grid_range:
        return True
    sides = (("Row", rows), ("Column", columns))
    return all(
        max(grid_range[f"start{kind}Index"], side.start)
        < min(grid_range[f"end{kind}Index"], side.stop)
        for kind, side in sides
    )


def moved(value: Any, sheet_id: int, dimension: Dimension, start: int, count: int) -> Any:
    """Any JSON whose ranges and places in a sheet have made room for inserted rows or columns.

    A range grows by what is inserted inside of it, not by what is added at its end.
    """
    if isinstance(value, list):
        return [moved(one, sheet_id, dimension, start, count) for one in value]
    if not isinstance(value, dict):
        return value
    result = {name: moved(one, sheet_id, dimension, start, count) for name, one in value.items()}
    if value.get("sheetId") == sheet_id:
        kind = "Row" if dimension == "ROWS" else "Column"
        for name, first in (
            (f"start{kind}Index", start),
            (f"end{kind}Index", start + 1),
            (f"{kind.lower()}Index", start),
        ):
            if value.get(name, -1) >= first:
                result[name] += count
    return result


def answered(value: Any) -> Any:
    """Ranges and places as Google writes them in its JSON."""
    if isinstance(value, list):
        return [answered(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: answered(one)
        for name, one in value.items()
        if one != 0 or name not in LEFT_OUT_WHEN_ZERO
    }
