"""values:batchGet of the emulated Sheets API: blocks of cells named in A1 notation.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
Errors are a ValueError with the API's message.
"""

from __future__ import annotations

from typing import Any, TypeVar

from etl.demo.google.a1 import Block, is_cell, parse_cells, range_name, split_title
from etl.demo.google.content import Cell, Formula
from etl.demo.google.spreadsheet import Spreadsheet, Tab

Json = dict[str, Any]
T = TypeVar("T")
# The only ones that are emulated; both must be asked for, since Google's defaults are others.
OPTIONS = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}


def locate(book: Spreadsheet, text: str) -> tuple[Tab, Block]:
    """Find tab and cells of `Title`, `Title!A1:B2`, or, on the first tab, `A1:B2`.

    A title alone that could name a cell is one, quoted or not: `'Q1'` is Q1 of the tab Q1
    (https://issuetracker.google.com/issues/243636254).
    """
    title, cells = split_title(text)
    try:
        tab = book.tab(title)
    except KeyError:
        if cells is not None or text.startswith("'"):
            raise ValueError(f"Unable to parse range: {text}") from None
        return book.tabs[0], parse_cells(title)
    if tab.sheet_type != "GRID":
        raise ValueError(f"Unable to parse range: {text}")
    if cells is None:
        cells = title if is_cell(title) else None
    return tab, parse_cells(cells) if cells is not None else Block()


def get(book: Spreadsheet, range_text: str, params: Json) -> Json:
    """Read one ValueRange; trailing empty cells, rows and an empty `values` are left out."""
    if params != OPTIONS:
        raise ValueError(f"not emulated: {params}")
    tab, block = locate(book, range_text)
    _inside_grid(tab, block.top, block.left, range_text)
    bottom = min(block.bottom or tab.row_count, tab.row_count)
    right = min(block.right or tab.column_count, tab.column_count)
    height, width = tab.used_size()
    rows = [
        _without_trailing(
            [
                _unformatted(tab.cell(row, column))
                for column in range(block.left, min(right, width))
            ],
            "",
        )
        for row in range(block.top, min(bottom, height))
    ]
    values = _without_trailing(rows, [])
    name = range_name(tab.title, block.top, block.left, bottom, right)
    answer: Json = {"range": name, "majorDimension": "ROWS"}
    return answer | {"values": values} if values else answer


def _unformatted(cell: Cell) -> object:
    """As the API answers it: an empty cell is '', a formula its own text, 2.0 is 2."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, Formula):
        return value.text
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _inside_grid(tab: Tab, row: int, column: int, range_text: str) -> None:
    if row >= tab.row_count or column >= tab.column_count:
        raise ValueError(
            f"Range ({range_text}) exceeds grid limits. "
            f"Max rows: {tab.row_count}, max columns: {tab.column_count}"
        )


def _without_trailing(items: list[T], blank: T) -> list[T]:
    while items and items[-1] == blank:
        items = items[:-1]
    return items
