"""The emulated Sheets API v4 without its transport: a method, a path and a body give an answer.

Only our client's calls are emulated: metadata without cells, values in a batch (unformatted, dates
as serial numbers: anything else depends on the locale), and batchUpdate. Writes are atomic: they
are applied to a copy, which is adopted when every request in it was right.
Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from gspread.utils import a1_range_to_grid_range

from etl.demo.google.cells import Formula, Json
from etl.demo.google.requests import apply, may_edit
from etl.demo.google.spreadsheet import Spreadsheet, Tab

T = TypeVar("T")
Query = dict[str, list[str]]
Action = Callable[[Spreadsheet, Query, Json], Json]

OPTIONS = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
# Google's JSON leaves these fields out when they are zero: in protobuf they have no presence.
LEFT_OUT_WHEN_ZERO = ("sheetId", "rowIndex", "columnIndex")
_RESOURCE = re.compile(r"/v4/spreadsheets/(?P<id>[\w-]+)(?P<rest>.*)")
_CORNER = r"(?:[A-Z]+\d*|\d+)"
_BLOCK = rf"(?P<block>[A-Z]+\d+|{_CORNER}:{_CORNER})"
_RANGE = re.compile(rf"'(?P<title>(?:[^']|'')+)'(?:!{_BLOCK})?")


class ApiError(Exception):
    """A refusal as Google answers it: HTTP code, google.rpc status and message."""

    def __init__(
        self, code: int, status: str, message: str, details: tuple[Json, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        error: Json = {"code": code, "message": message, "status": status}
        self.answer: Json = {"error": error | ({"details": list(details)} if details else {})}


class SheetsApi:
    """The emulated API of one spreadsheet; `writes` counts the writes that it applied."""

    def __init__(self, spreadsheet: Spreadsheet, spreadsheet_id: str) -> None:
        self.spreadsheet = spreadsheet
        self.spreadsheet_id = spreadsheet_id
        self.writes = 0

    def answer(self, method: str, target: str, body: Json | None) -> Json:
        """Returns the answer to one call; `target` is path and query. Raises `ApiError`."""
        url = urlsplit(target)
        resource = _RESOURCE.fullmatch(url.path)
        if not resource or resource["id"] != self.spreadsheet_id:
            raise ApiError(404, "NOT_FOUND", "Requested entity was not found.")
        action = _ROUTES[method, resource["rest"]]
        book = self.spreadsheet if method == "GET" else self.spreadsheet.copy()
        try:
            answer = action(book, parse_qs(url.query), body or {})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ApiError(400, "INVALID_ARGUMENT", str(error)) from error
        if method != "GET":
            self.spreadsheet.adopt(book)
            self.writes += 1
        return {"spreadsheetId": self.spreadsheet_id} | answer


def _metadata(book: Spreadsheet, _query: Query, _body: Json) -> Json:
    """Returns every emulated field; empty ones are left out, as in all of Google's JSON."""
    sheets = [_sheet(book, index, tab) for index, tab in enumerate(book.tabs)]
    return {"properties": {"title": book.title}, "sheets": sheets}


def _sheet(book: Spreadsheet, index: int, tab: Tab) -> Json:
    properties: Json = {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": index,
        "sheetType": tab.sheet_type,
    }
    if tab.sheet_type == "GRID":
        grid = {"rowCount": tab.row_count, "columnCount": tab.column_count}
        frozen = {"frozenRowCount": tab.frozen_row_count} if tab.frozen_row_count else {}
        properties["gridProperties"] = grid | frozen
    if tab.hidden:
        properties["hidden"] = True
    parts: Json = {
        "protectedRanges": [_protected_range(book, one) for one in tab.protected_ranges],
        "charts": _answered([*tab.charts.values()]),
        "developerMetadata": [*tab.metadata.values()],
    }
    return {"properties": properties, **{name: part for name, part in parts.items() if part}}


def _protected_range(book: Spreadsheet, protected: Json) -> Json:
    """Returns a ProtectedRange as Google answers it: only its editors see who the editors are."""
    shown = {name: value for name, value in protected.items() if name != "editors"}
    if may_edit(book, protected):
        shown |= {"requestingUserCanEdit": True, "editors": protected["editors"]}
    answer: Json = _answered(shown)
    return answer


def _answered(value: Any) -> Any:
    """Returns ranges and places as Google writes them in its JSON."""
    if isinstance(value, list):
        return [_answered(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _answered(one)
        for name, one in value.items()
        if one != 0 or name not in LEFT_OUT_WHEN_ZERO
    }


def _batch_get(book: Spreadsheet, query: Query, _body: Json) -> Json:
    """Returns the ValueRanges of ranges with a quoted title, as in `'My tab'!A1:G100`."""
    for name, value in OPTIONS.items():
        if query.get(name) != [value]:
            raise ValueError(f"Invalid value at '{name}': only {value} is emulated")
    return {"valueRanges": [_value_range(book, text) for text in query.get("ranges", [])]}


def _value_range(book: Spreadsheet, text: str) -> Json:
    """Returns a ValueRange without trailing empty cells and rows, and without empty `values`."""
    tab, grid_range = _locate(book, text)
    rows, columns = tab.block(grid_range)
    height, width = tab.used_size()
    lines = [
        _without_trailing([_value(tab, row, column) for column in columns if column < width], "")
        for row in rows
        if row < height
    ]
    values = _without_trailing(lines, [])
    return {"range": text} | ({"values": values} if values else {})


def _locate(book: Spreadsheet, text: str) -> tuple[Tab, Json]:
    """Returns the tab of a range, and its corners. Raises `ValueError` if there is no such tab."""
    match = _RANGE.fullmatch(text)
    title = match["title"].replace("''", "'") if match else ""
    tab = next((tab for tab in book.tabs if tab.title.casefold() == title.casefold()), None)
    if match is None or tab is None or tab.sheet_type != "GRID":
        raise ValueError(f"Unable to parse range: {text}")
    return tab, a1_range_to_grid_range(match["block"]) if match["block"] else {}


def _value(tab: Tab, row: int, column: int) -> object:
    """Returns the value of a cell; a formula is never calculated and returns its own text."""
    value = tab.cell(row, column).value
    if isinstance(value, Formula):
        return value.text
    return "" if value is None else value


def _without_trailing(items: list[T], blank: T) -> list[T]:
    while items and items[-1] == blank:
        items = items[:-1]
    return items


def _batch_update(book: Spreadsheet, _query: Query, body: Json) -> Json:
    return {"replies": apply(book, body.get("requests", []))}


_ROUTES: dict[tuple[str, str], Action] = {
    ("GET", ""): _metadata,
    ("GET", "/values:batchGet"): _batch_get,
    ("POST", ":batchUpdate"): _batch_update,
}
