"""The requests of spreadsheets.batchUpdate that touch cells, rows and columns.

A function's parameters are the fields of its request. Every error is a ValueError (or the KeyError
of a missing field) that says what is wrong; nothing is undone here.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

from etl.demo.google.fields import NUMBER_FORMAT, change, covers, field_mask
from etl.demo.google.limits import (
    require_editable,
    require_editable_tab,
    require_insertable,
    require_room,
    require_untyped,
)
from etl.demo.google.places import block_from, span, tab_of, whole_block
from etl.demo.google.ranges import Dimension, Json
from etl.demo.google.spreadsheet import Spreadsheet, Tab

# The requests' own field `range` hides the builtin in their functions.
indexes = range


def update_cells(
    book: Spreadsheet,
    *,
    fields: str,
    rows: list[Json] | None = None,
    range: Json | None = None,
    start: Json | None = None,
) -> None:
    """Write rows from `start` on, or into `range`, whose cells without data are cleared."""
    if (range is None) == (start is None):
        raise ValueError("exactly one of range and start must be set")
    mask, tab = field_mask(fields), tab_of(book, range or start or {})
    data: list[list[Json]] = [row.get("values", []) for row in rows or []]
    if start is None:
        block = whole_block(tab, range or {})
        data = _filled(data, *block)
    else:
        block = _needed(data, *block_from(tab, start))
    _require_writable(book, tab, block, mask)
    clear, (top, left) = change({}, mask), (side.start for side in block)
    for row, values in enumerate(data, top):
        for column, cell_data in enumerate(values, left):
            if cell_data or (row, column) in tab.cells:
                changed = change(cell_data, mask) if cell_data else clear
                tab.write(row, column, changed(tab.cell(row, column)))


def _needed(data: list[list[Json]], rows: range, columns: range) -> tuple[range, range]:
    """As much of a block as the data fills; ValueError when there is more of it than cells."""
    width = max(map(len, data), default=0)
    for name, wanted, block in (("row", len(data), rows), ("column", width, columns)):
        if wanted > len(block):
            raise ValueError(
                f"Attempting to write {name}: {block.stop}, "
                f"beyond the last requested {name} of: {block.stop - 1}"
            )
    return rows[: len(data)], columns[:width]


def _filled(data: list[list[Json]], rows: range, columns: range) -> list[list[Json]]:
    """Data for every cell of a block."""
    _needed(data, rows, columns)
    padded = [*data, *[[] for _ in rows[len(data) :]]]
    return [[*values, *[{} for _ in columns[len(values) :]]] for values in padded]


def repeat_cell(book: Spreadsheet, *, range: Json, fields: str, cell: Json | None = None) -> None:
    tab, mask = tab_of(book, range), field_mask(fields)
    block, changed = whole_block(tab, range), change(cell or {}, mask)
    _require_writable(book, tab, block, mask)
    for place in product(*block):
        tab.write(*place, changed(tab.cell(*place)))


def _require_writable(
    book: Spreadsheet, tab: Tab, block: tuple[range, range], mask: set[str]
) -> None:
    require_editable(book, tab, *block)
    if covers(mask, NUMBER_FORMAT):
        require_untyped(tab, *block)


def insert_dimension(book: Spreadsheet, *, range: Json, inheritFromBefore: bool = False) -> None:
    """Insert empty rows or columns, which take the formats of a neighbour."""
    tab = tab_of(book, range)
    dimension, start, end = span(tab, range)
    size = tab.row_count if dimension == "ROWS" else tab.column_count
    if inheritFromBefore and start == 0:
        raise ValueError("inheritFromBefore cannot be true at index 0")
    if start == size and not inheritFromBefore:
        raise ValueError(
            f"range.startIndex must be less than the grid size ({size}) "
            "if inheritFromBefore is false."
        )
    require_insertable(book, tab, dimension, start)
    book.insert(tab, dimension, start, end - start)
    require_room(book, tab)
    neighbour = start - 1 if inheritFromBefore else end
    for (row, column), cell in list(tab.cells.items()):
        for index in indexes(start, end):
            if dimension == "ROWS" and row == neighbour:
                tab.write(index, column, replace(cell, value=None))
            elif dimension == "COLUMNS" and column == neighbour:
                tab.write(row, index, replace(cell, value=None))


def append_dimension(
    book: Spreadsheet, *, dimension: Dimension, length: int, sheetId: int = 0
) -> None:
    if length < 1 or dimension not in ("ROWS", "COLUMNS"):
        raise ValueError("dimension and a length of at least 1 are required")
    tab = tab_of(book, {"sheetId": sheetId})
    require_editable_tab(book, tab)
    tab.grow(dimension, length)
    require_room(book, tab)


def find_replace(book: Spreadsheet, *, find: str, sheetId: int, replacement: str = "") -> Json:
    """Replace in a tab's text cells, whatever the case; the reply leaves a zero out."""
    tab, pattern = tab_of(book, {"sheetId": sheetId}), re.compile(re.escape(find), re.IGNORECASE)
    changed = 0
    for place, cell in list(tab.cells.items()):
        if isinstance(cell.value, str):
            text, count = pattern.subn(lambda _: replacement, cell.value)
            if count:
                require_editable(book, tab, *(indexes(index, index + 1) for index in place))
            tab.write(*place, replace(cell, value=text or None))
            changed += count
    return {"occurrencesChanged": changed} if changed else {}
