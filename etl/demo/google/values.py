"""The values endpoints of the emulated Sheets API: blocks of cells named in A1 notation.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
Errors are a ValueError with the API's message.
"""

from __future__ import annotations

from typing import Any, TypeVar

from etl.demo.google.a1 import Block, is_cell, parse_cells, range_name, split_title
from etl.demo.google.format import enter, render
from etl.demo.google.spreadsheet import Spreadsheet, Tab

Json = dict[str, Any]
T = TypeVar("T")
RENDER_OPTIONS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
DATE_OPTIONS = ("SERIAL_NUMBER", "FORMATTED_STRING")
INPUT_OPTIONS = ("RAW", "USER_ENTERED")


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
    value_option = _option(params, "valueRenderOption", RENDER_OPTIONS)
    date_option = _option(params, "dateTimeRenderOption", DATE_OPTIONS)
    _option(params, "majorDimension", ("ROWS",))
    tab, block = locate(book, range_text)
    _inside_grid(tab, block.top, block.left, range_text)
    bottom = min(block.bottom or tab.row_count, tab.row_count)
    right = min(block.right or tab.column_count, tab.column_count)
    height, width = tab.used_size()
    rows = [
        _without_trailing(
            [
                render(tab.cell(row, column), book.locale, value_option, date_option)
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


def update(book: Spreadsheet, range_text: str, rows: list[list[object]], option: str) -> Json:
    """Write rows from the range's first cell on; neither range nor grid may be exceeded."""
    tab, block = locate(book, range_text)
    height, width = len(rows), max(map(len, rows), default=0)
    too_tall = block.bottom is not None and block.top + height > block.bottom
    too_wide = block.right is not None and block.left + width > block.right
    # A single cell is only the place to start from.
    is_corner = (block.bottom, block.right) == (block.top + 1, block.left + 1)
    if (too_tall or too_wide) and not is_corner:
        raise ValueError(f"Requested writing within range [{range_text}], but tried writing more")
    _inside_grid(tab, block.top + max(height, 1) - 1, block.left + max(width, 1) - 1, range_text)
    for row, values in enumerate(rows, block.top):
        for column, value in enumerate(values, block.left):
            cell = enter(value, tab.cell(row, column), book.locale, option)
            tab.write(row, column, cell)
    bottom, right = block.top + max(height, 1), block.left + max(width, 1)
    return {
        "updatedRange": range_name(tab.title, block.top, block.left, bottom, right),
        "updatedRows": height,
        "updatedColumns": width,
        "updatedCells": sum(map(len, rows)),
    }


def append(book: Spreadsheet, range_text: str, rows: list[list[object]], params: Json) -> Json:
    """Write rows below the range's table, which ends above the first blank row.

    For a whole tab the table ends at the tab's last row that has a value. The grid grows.
    """
    option = input_option(params)
    insert = _option(params, "insertDataOption", ("OVERWRITE", "INSERT_ROWS")) == "INSERT_ROWS"
    tab, block = locate(book, range_text)
    height, width = tab.used_size()
    filled = [any(tab.cell(r, c).value is not None for c in range(width)) for r in range(height)]
    end = height if block.bottom is None else block.top
    while end < height and filled[end]:
        end += 1
    start = end
    while start > block.top and filled[start - 1]:
        start -= 1
    table = ((r, c) for r in range(start, end) for c in range(width))
    left = min((c for r, c in table if tab.cell(r, c).value is not None), default=block.left)
    if insert:
        tab.renumber("ROWS", lambda row: row + len(rows) if row >= end else row)
        tab.row_count += len(rows)
    tab.row_count = max(tab.row_count, end + len(rows))
    tab.column_count = max(tab.column_count, left + max(map(len, rows), default=0))
    place = range_name(tab.title, end, left, end + 1, left + 1)
    return {"updates": update(book, place, rows, option)}


def input_option(params: Json) -> str:
    """`valueInputOption`, which has no default."""
    if params.get("valueInputOption") not in INPUT_OPTIONS:
        raise ValueError("'valueInputOption' is required but not specified")
    return str(params["valueInputOption"])


def _option(params: Json, name: str, allowed: tuple[str, ...]) -> str:
    chosen = params.get(name) or allowed[0]
    if chosen not in allowed:
        raise ValueError(f"Invalid value at '{name}': \"{chosen}\"")
    return str(chosen)


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
