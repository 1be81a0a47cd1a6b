"""Reading values in the emulated Sheets API: unformatted, dates as serial numbers.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
Google answers formatted texts unless other options are given. These depend on the locale, so they
are not emulated: every other option is a ValueError, and so is a range that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from gspread.utils import a1_to_rowcol

from etl.demo.google.spreadsheet import Formula, Spreadsheet, Tab

Json = dict[str, Any]
T = TypeVar("T")
OPTIONS = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
_CORNERS = re.compile(r"'(?P<title>(?:[^']|'')+)'!(?P<first>[A-Z]+\d+):(?P<last>[A-Z]+\d+)")


def batch_get(book: Spreadsheet, ranges: Sequence[str], options: Json) -> Json:
    """The ValueRanges of ranges that are given by title and corners, as in `'My tab'!A1:G100`."""
    for name, value in OPTIONS.items():
        if options.get(name) != value:
            raise ValueError(f"Invalid value at '{name}': only {value} is emulated")
    return {"valueRanges": [_value_range(book, text) for text in ranges]}


def _value_range(book: Spreadsheet, text: str) -> Json:
    """Trailing empty cells, trailing empty rows and an empty `values` are left out."""
    tab, rows, columns = _locate(book, text)
    lines = [
        _without_trailing([_answered(tab, row, column) for column in columns], "") for row in rows
    ]
    values = _without_trailing(lines, [])
    answer: Json = {"range": text, "majorDimension": "ROWS"}
    return answer | ({"values": values} if values else {})


def _locate(book: Spreadsheet, text: str) -> tuple[Tab, range, range]:
    """The tab of a range, and its rows and columns as far as they are in use."""
    match = _CORNERS.fullmatch(text)
    title = match["title"].replace("''", "'") if match else ""
    tab = next((tab for tab in book.tabs if tab.title.casefold() == title.casefold()), None)
    if match is None or tab is None or tab.sheet_type != "GRID":
        raise ValueError(f"Unable to parse range: {text}")
    (top, left), (bottom, right) = a1_to_rowcol(match["first"]), a1_to_rowcol(match["last"])
    if top > tab.row_count or left > tab.column_count:
        raise ValueError(
            f"Range ({text}) exceeds grid limits. "
            f"Max rows: {tab.row_count}, max columns: {tab.column_count}"
        )
    height, width = tab.used_size()
    return tab, range(top - 1, min(bottom, height)), range(left - 1, min(right, width))


def _answered(tab: Tab, row: int, column: int) -> object:
    """A formula is never calculated and answered as its own text."""
    value = tab.cell(row, column).value
    if isinstance(value, Formula):
        return value.text
    return "" if value is None else value


def _without_trailing(items: list[T], blank: T) -> list[T]:
    while items and items[-1] == blank:
        items = items[:-1]
    return items
