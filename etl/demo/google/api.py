"""The emulated Sheets API v4 without its transport: a method, a path and a body give an answer.

Only our client's calls are emulated: metadata without cells, values in a batch (unformatted, dates
as serial numbers: anything else depends on the locale), and batchUpdate.
Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gspread.utils import a1_range_to_grid_range

from etl.demo.google.requests import apply
from etl.demo.google.spreadsheet import Formula, Json, Spreadsheet, Tab

OPTIONS = {"valueRenderOption": ["UNFORMATTED_VALUE"], "dateTimeRenderOption": ["SERIAL_NUMBER"]}
_RANGE = re.compile(r"'(?P<title>.+)'!(?P<block>[A-Z]+\d+:[A-Z]+\d+)")


@dataclass(eq=False)
class Status(Exception):  # noqa: N818 - its own name
    """A refusal as Google answers it: HTTP code, google.rpc status, message and details."""

    code: int
    google_status: str = "UNAVAILABLE"
    message: str = "The service is currently unavailable."
    details: tuple[Json, ...] = ()

    @property
    def answer(self) -> Json:
        error: Json = {"code": self.code, "message": self.message, "status": self.google_status}
        return {"error": error | ({"details": list(self.details)} if self.details else {})}


def answer(book: Spreadsheet, method: str, target: str, body: Json | None) -> Json:
    """Returns the answer to one call; `target` is what follows the spreadsheet's id in its URL.

    Raises `Status`.
    """
    url = urlsplit(target)
    try:
        match method, url.path:
            case "GET", "":
                sheets = [_sheet(tab) for tab in book.tabs]
                return {"properties": {"title": book.title}, "sheets": sheets}
            case "GET", "/values:batchGet":
                return _batch_get(book, parse_qs(url.query))
            case "POST", ":batchUpdate":
                return {"replies": apply(book, (body or {})["requests"])}
    except (KeyError, ValueError) as error:
        raise Status(400, "INVALID_ARGUMENT", str(error)) from error
    raise Status(404, "NOT_FOUND", "Requested entity was not found.")


def _sheet(tab: Tab) -> Json:
    """Returns a Sheet of the fields that our client reads; empty ones are left out."""
    properties: Json = {"sheetId": tab.sheet_id, "title": tab.title, "sheetType": tab.sheet_type}
    if tab.sheet_type == "GRID":
        size = {"rowCount": tab.row_count, "columnCount": tab.column_count}
        properties["gridProperties"] = size
    parts = {"charts": [*tab.charts.values()], "developerMetadata": tab.metadata}
    return {"properties": properties, **{name: part for name, part in parts.items() if part}}


def _batch_get(book: Spreadsheet, query: dict[str, list[str]]) -> Json:
    """Returns the ValueRanges of ranges with a quoted title, as in `'My tab'!A1:G100`."""
    ranges = query.pop("ranges")
    if query != OPTIONS:
        raise ValueError(f"Only {OPTIONS} are emulated")
    return {"valueRanges": [_value_range(book, text) for text in ranges]}


def _value_range(book: Spreadsheet, text: str) -> Json:
    """Returns a ValueRange without trailing empty cells and rows, and without empty `values`."""
    match = _RANGE.fullmatch(text)
    title = match["title"].replace("''", "'") if match else ""
    tab = next((tab for tab in book.tabs if tab.title == title), None)
    if match is None or tab is None or tab.sheet_type != "GRID":
        raise ValueError(f"Unable to parse range: {text}")
    rows, columns = tab.block(a1_range_to_grid_range(match["block"]))
    height, width = tab.used_size()
    lines = [
        _without_blank_end([_value(tab, row, column) for column in columns if column < width])
        for row in rows
        if row < height
    ]
    values = _without_blank_end(lines)
    return {"range": text} | ({"values": values} if values else {})


def _value(tab: Tab, row: int, column: int) -> object:
    """Returns the value of a cell; a formula is never calculated and returns its own text."""
    value = tab.cell(row, column).value
    if isinstance(value, Formula):
        return value.text
    return "" if value is None else value


def _without_blank_end(items: list[Any]) -> list[Any]:
    while items and items[-1] in ("", []):
        items.pop()
    return items
