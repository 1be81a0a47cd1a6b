"""The emulated Sheets API v4 without its transport: a method, a path and a body to an answer.

Writes are atomic: they are applied on a copy, which is adopted when every part of it was right.
Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from etl.demo.google import values
from etl.demo.google.fields import as_cell_format
from etl.demo.google.format import render
from etl.demo.google.requests import apply, tab_properties
from etl.demo.google.spreadsheet import Spreadsheet, Tab

Json = dict[str, Any]
_RESOURCE = re.compile(r"/v4/spreadsheets/(?P<id>[\w-]+)(?P<rest>.*)")


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
    """The API over one spreadsheet."""

    def __init__(self, spreadsheet: Spreadsheet, spreadsheet_id: str) -> None:
        self.spreadsheet = spreadsheet
        self.spreadsheet_id = spreadsheet_id
        self.writes = 0

    def answer(self, method: str, target: str, body: Json | None) -> Json:
        """Answer one call (`target` is the path with its query); ApiError when it is refused."""
        url = urlsplit(target)
        resource = _RESOURCE.fullmatch(url.path)
        if not resource or resource["id"] != self.spreadsheet_id:
            raise ApiError(404, "NOT_FOUND", "Requested entity was not found.")
        action, range_text = _route(method, resource["rest"])
        book = self.spreadsheet if method == "GET" else self.spreadsheet.copy()
        query = parse_qs(url.query)
        try:
            answer = action(book, range_text, query, body or {})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ApiError(400, "INVALID_ARGUMENT", str(error)) from error
        if method != "GET":
            self.spreadsheet.adopt(book)
            self.writes += 1
        if method == "GET" and range_text:
            return answer
        return {"spreadsheetId": self.spreadsheet_id} | answer


Query = dict[str, list[str]]
Action = Callable[[Spreadsheet, str, Query, Json], Json]


def _route(method: str, rest: str) -> tuple[Action, str]:
    for verb, pattern, action in _ROUTES:
        match = re.fullmatch(pattern, rest)
        if match and verb == method:
            return action, unquote("".join(match.groups()))
    raise ApiError(404, "NOT_FOUND", "The requested URL was not found on this server.")


def _metadata(book: Spreadsheet, _range: str, query: Query, _body: Json) -> Json:
    with_cells = query.get("includeGridData") == ["true"]
    properties = {"title": book.title, "locale": book.locale, "timeZone": book.time_zone}
    sheets = [_sheet(book, tab, with_cells) for tab in book.tabs]
    return {"properties": properties, "sheets": sheets}


def _sheet(book: Spreadsheet, tab: Tab, with_cells: bool) -> Json:
    sheet: Json = {"properties": tab_properties(book, tab)}
    if tab.charts:
        sheet["charts"] = list(tab.charts.values())
    if tab.metadata:
        sheet["developerMetadata"] = list(tab.metadata.values())
    if with_cells:
        height, width = tab.used_size()
        rows = [[_cell_data(book, tab, r, c) for c in range(width)] for r in range(height)]
        sheet["data"] = [{"rowData": [{"values": row} for row in rows]}]
    return sheet


def _cell_data(book: Spreadsheet, tab: Tab, row: int, column: int) -> Json:
    cell = tab.cell(row, column)
    data: Json = {}
    if cell.value is not None:
        data["userEnteredValue"] = cell.extended_value()
        data["formattedValue"] = str(render(cell, book.locale, "FORMATTED_VALUE", ""))
    if cell.number_format or cell.style:
        number = {"numberFormat": vars(cell.number_format)} if cell.number_format else {}
        data["userEnteredFormat"] = number | as_cell_format(cell.style)
    return data


def _get(book: Spreadsheet, range_text: str, query: Query, _body: Json) -> Json:
    return values.get(book, range_text, _single(query))


def _batch_get(book: Spreadsheet, _range: str, query: Query, _body: Json) -> Json:
    ranges = query.pop("ranges", [])
    return {"valueRanges": [values.get(book, text, _single(query)) for text in ranges]}


def _update(book: Spreadsheet, range_text: str, query: Query, body: Json) -> Json:
    option = values.input_option(_single(query))
    return values.update(book, range_text, body.get("values", []), option)


def _append(book: Spreadsheet, range_text: str, query: Query, body: Json) -> Json:
    return values.append(book, range_text, body.get("values", []), _single(query))


def _batch_update_values(book: Spreadsheet, _range: str, _query: Query, body: Json) -> Json:
    option = values.input_option(body)
    responses = [
        values.update(book, item["range"], item.get("values", []), option)
        for item in body.get("data", [])
    ]
    return {
        "totalUpdatedCells": sum(response["updatedCells"] for response in responses),
        "totalUpdatedRows": sum(response["updatedRows"] for response in responses),
        "responses": responses,
    }


def _batch_update(book: Spreadsheet, _range: str, _query: Query, body: Json) -> Json:
    return {"replies": apply(book, body.get("requests", []))}


def _single(query: Query) -> Json:
    return {name: values[0] for name, values in query.items()}


# The first that fits is taken. A client escapes the colon of a range, but not that of `:append`.
_ROUTES: tuple[tuple[str, str, Action], ...] = (
    ("GET", "", _metadata),
    ("GET", "/values:batchGet", _batch_get),
    ("GET", "/values/(.+)", _get),
    ("PUT", "/values/(.+)", _update),
    ("POST", "/values:batchUpdate", _batch_update_values),
    ("POST", "/values/(.+):append", _append),
    ("POST", ":batchUpdate", _batch_update),
)
