"""The emulated Sheets API v4 without its transport: a method, a path and a body to an answer.

Only what our client calls is there: metadata without cells, values in a batch, and batchUpdate.
Writes are atomic: they are applied on a copy, which is adopted when every part of it was right.
Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from etl.demo.google.metadata import metadata
from etl.demo.google.ranges import Json
from etl.demo.google.requests import apply
from etl.demo.google.spreadsheet import Spreadsheet
from etl.demo.google.values import batch_get

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
        action = _ROUTES.get((method, resource["rest"]))
        if action is None:
            raise ApiError(404, "NOT_FOUND", "The requested URL was not found on this server.")
        book = self.spreadsheet if method == "GET" else self.spreadsheet.copy()
        try:
            answer = action(book, parse_qs(url.query), body or {})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ApiError(400, "INVALID_ARGUMENT", str(error)) from error
        if method != "GET":
            self.spreadsheet.adopt(book)
            self.writes += 1
        return {"spreadsheetId": self.spreadsheet_id} | answer


Query = dict[str, list[str]]
Action = Callable[[Spreadsheet, Query, Json], Json]


def _metadata(book: Spreadsheet, query: Query, _body: Json) -> Json:
    return metadata(book, {name: values[0] for name, values in query.items()})


def _batch_get(book: Spreadsheet, query: Query, _body: Json) -> Json:
    options = {name: values[0] for name, values in query.items()}
    return batch_get(book, query.get("ranges", []), options)


def _batch_update(book: Spreadsheet, _query: Query, body: Json) -> Json:
    return {"replies": apply(book, body.get("requests", []))}


_ROUTES: dict[tuple[str, str], Action] = {
    ("GET", ""): _metadata,
    ("GET", "/values:batchGet"): _batch_get,
    ("POST", ":batchUpdate"): _batch_update,
}
