"""Reading values in the emulated Sheets API: unformatted, dates as serial numbers.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
Google answers formatted texts unless other options are given. These depend on the locale, so they
are not emulated: every other option is a ValueError, and so is a range that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from gspread.utils import a1_range_to_grid_range

from etl.demo.google.places import pinned, whole_block
from etl.demo.google.ranges import Json, a1_of
from etl.demo.google.spreadsheet import Formula, Spreadsheet, Tab

T = TypeVar("T")
OPTIONS = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
_CORNER = r"(?:[A-Z]+\d*|\d+)"
_BLOCK = rf"(?P<block>[A-Z]+\d+|{_CORNER}:{_CORNER})"
_RANGE = re.compile(rf"'(?P<title>(?:[^']|'')+)'(?:!{_BLOCK})?")


def batch_get(book: Spreadsheet, ranges: Sequence[str], options: Json) -> Json:
    """The ValueRanges of ranges that are given by a quoted title, as in `'My tab'!A1:G100`."""
    for name, value in OPTIONS.items():
        if options.get(name) != value:
            raise ValueError(f"Invalid value at '{name}': only {value} is emulated")
    return {"valueRanges": [_value_range(book, text) for text in ranges]}


def _value_range(book: Spreadsheet, text: str) -> Json:
    """Trailing empty cells, trailing empty rows and an empty `values` are left out."""
    tab, grid_range = _locate(book, text)
    rows, columns = whole_block(tab, grid_range)
    height, width = tab.used_size()
    lines = [
        _without_trailing([_answered(tab, row, column) for column in columns if column < width], "")
        for row in rows
        if row < height
    ]
    values = _without_trailing(lines, [])
    answer: Json = {"range": a1_of(tab.title, pinned(tab, grid_range)), "majorDimension": "ROWS"}
    return answer | ({"values": values} if values else {})


def _locate(book: Spreadsheet, text: str) -> tuple[Tab, Json]:
    """The tab of a range, and its corners."""
    match = _RANGE.fullmatch(text)
    title = match["title"].replace("''", "'") if match else ""
    tab = next((tab for tab in book.tabs if tab.title.casefold() == title.casefold()), None)
    if match is None or tab is None or tab.sheet_type != "GRID":
        raise ValueError(f"Unable to parse range: {text}")
    return tab, a1_range_to_grid_range(match["block"]) if match["block"] else {}


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
