"""What Google may do instead of answering, and what else a spreadsheet may have.

    google.then(Status(503), Hang(), AnswerLost())     one answer for each next call
    google.always(Status(429))                         for all others, until always(None)
    google.share = "viewer"; google.revoke_key()
    tab.protect("A1:B2"); tab.hidden = True; tab.merges.append(tab.select("A2:B3"))

Here a batch is atomic, what Google refuses is refused, in its words where they are known, and a
token needs a signed JWT (the bearer grant of RFC 7523).
Source: https://developers.google.com/identity/protocols/oauth2/service-account
"""

# ruff: noqa: A002, N802, N803 - the requests have Google's names

from __future__ import annotations

import json
import re
import secrets
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler
from itertools import chain, product
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from cryptography.hazmat.primitives import serialization as pem
from google.auth import jwt
from gspread.utils import a1_range_to_grid_range

from etl.demo import google
from etl.demo.google import ACCOUNT, Block, Json

API = "/v4/spreadsheets/"
OPTIONS = {"valueRenderOption": ["UNFORMATTED_VALUE"], "dateTimeRenderOption": ["SERIAL_NUMBER"]}
RANGE = re.compile(r"'(?P<title>.+)'!(?P<block>[A-Z]+\d+:[A-Z]+\d+)")
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
BAD_SIGNATURE = "Invalid JWT Signature."


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


UNAUTHENTICATED = Status(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
NOT_FOUND = Status(404, "NOT_FOUND", "Requested entity was not found.")
FORBIDDEN = Status(403, "PERMISSION_DENIED", "The caller does not have permission")
PROTECTED = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)
# With one of these a protected range may be edited; which parts of it are free is not emulated.
OPEN = {"warningOnly", "unprotectedRanges"}
# Google's JSON leaves these fields out when they are zero: in protobuf they have no presence.
LEFT_OUT_WHEN_ZERO = ("sheetId", "rowIndex", "columnIndex")


@dataclass(frozen=True)
class Hang:
    """An instruction to call `begun`, and to answer nothing until the server closes."""

    begun: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class AnswerLost:
    """An instruction to apply the next write, then drop the connection, or answer `instead`."""

    instead: Status | None = None


Answer = Status | Hang | AnswerLost | None


@dataclass(frozen=True)
class Call:
    """A call that came in: `path` with its query, unescaped; a token request's body is its form."""

    method: str
    path: str
    body: Any


class GrantError(Status):
    """A refused token request, which the endpoint answers in a form of its own."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(400, error, description)

    @property
    def answer(self) -> Json:
        return {"error": self.google_status, "error_description": self.message}


class Formula(str):
    """A formula: kept, never calculated, and read as its own text."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and str(self) == str(other)

    def __repr__(self) -> str:
        return f"Formula({str(self)!r})"


@dataclass
class Tab(google.Tab):
    """A tab that people hide, merge, protect and rearrange (OBJECT: a chart's own)."""

    sheet_type: Literal["GRID", "OBJECT", "DATA_SOURCE"] = "GRID"
    frozen_row_count: int = 0
    widths_pixels: dict[int, int] = field(default_factory=dict)
    hidden: bool = False
    merges: list[Json] = field(default_factory=list)
    protected_ranges: list[Json] = field(default_factory=list)
    # The attributes that hold ranges, or places, of the API's JSON.
    ranged: ClassVar[tuple[str, ...]] = ("charts", "merges", "protected_ranges")

    def protect(
        self, block: str | None = None, *, editors: Sequence[str] = (), **others: Any
    ) -> None:
        """Protects `A1:B2`, or the whole tab, from all but `editors`.

        `others` are other fields of the ProtectedRange. Only an editor sees that they may edit.
        """
        place = self.select(block) if block else {"sheetId": self.sheet_id}
        may_edit = ACCOUNT in editors or OPEN & {*others}
        right = {"requestingUserCanEdit": True} if may_edit else {}
        self.protected_ranges.append({"range": place, **others, **right})

    def block(self, grid_range: Json) -> Block:
        """Returns the rows and columns of a GridRange, cut off where the grid ends.

        Raises ValueError for a range that starts outside of the grid: Google refuses no other.
        """
        rows, columns = super().block(grid_range)
        if not (0 <= rows.start < self.row_count and 0 <= columns.start < self.column_count):
            raise ValueError(
                f"Range of {self.title!r} exceeds grid limits. "
                f"Max rows: {self.row_count}, max columns: {self.column_count}"
            )
        return rows, columns

    def pinned(self, grid_range: Json) -> Json:
        """Returns a range with its open ends closed at the grid's present size, as Google does."""
        rows, columns = self.block(grid_range)
        return {
            "sheetId": self.sheet_id,
            "startRowIndex": rows.start,
            "endRowIndex": rows.stop,
            "startColumnIndex": columns.start,
            "endColumnIndex": columns.stop,
        }

    def rearrange(self, new_row: Callable[[int], int]) -> None:
        """Moves the content of every row to its new index, as sorting does."""
        self.cells = {(new_row(row), c): cell for (row, c), cell in self.cells.items()}

    def insert_rows(self, start: int, count: int) -> None:
        """Inserts empty rows; ranges on the cells move and grow with them."""
        super().insert_rows(start, count)
        self.make_room(self.sheet_id, "ROWS", start, count)

    def insert_column(self, start: int) -> None:
        def moved(column: int) -> int:
            return column + 1 if column >= start else column

        self.cells = {(r, moved(column)): cell for (r, column), cell in self.cells.items()}
        self.widths_pixels = {moved(c): size for c, size in self.widths_pixels.items()}
        self.column_count += 1
        self.make_room(self.sheet_id, "COLUMNS", start, 1)

    def make_room(self, sheet_id: int, dimension: str, start: int, count: int) -> None:
        """Moves this tab's ranges in a sheet, perhaps another, into which rows were inserted."""
        for name in self.ranged:
            value = _moved(getattr(self, name), sheet_id, dimension, start, count)
            setattr(self, name, value)

    def select(self, block: str) -> Json:
        """Returns the GridRange of `A1:B2` or `A:A`, without open ends."""
        return self.pinned(a1_range_to_grid_range(block))

    def as_sheet(self) -> Json:
        """Returns a Sheet as Google's JSON has it: without zeros, and without empty parts."""
        sheet = super().as_sheet() | {"protectedRanges": self.protected_ranges}
        properties = sheet.pop("properties") | {"sheetType": self.sheet_type}
        if self.hidden:
            properties["hidden"] = True
        if self.sheet_type != "GRID":
            del properties["gridProperties"]
        parts = {name: _without_zeros(part) for name, part in sheet.items() if part}
        return {"properties": properties, **parts}

    def snapshot(self) -> dict[str, object]:
        """Returns everything but the order of insertion: equal tabs have equal snapshots."""
        # Unlike a cell, its text says TRUE from 1, and has the style.
        return {**deepcopy(vars(self)), "cells": {at: repr(one) for at, one in self.cells.items()}}


class Spreadsheet(google.Spreadsheet):
    """A spreadsheet with an empty tab for each title, and edits that are refused."""

    kind_of_tab = Tab

    def __init__(self, titles: Iterable[str] = ("Sheet1",)) -> None:
        self.tabs = []
        for title in titles:
            self.add_tab(title)

    def add_tab(self, title: str, index: int | None = None) -> Tab:
        """Adds an empty tab in front of position `index`, by default the last, and returns it."""
        number = max((tab.sheet_id for tab in self.tabs), default=-1) + 1
        tab = Tab(number, title)
        self.tabs.insert(len(self.tabs) if index is None else index, tab)
        return tab

    def insert_rows(self, tab: Tab, start: int, count: int) -> None:
        """Inserts empty rows into a tab as a person does; charts in other tabs follow too."""
        tab.insert_rows(start, count)
        self._make_room(tab, "ROWS", start, count)

    def insert_column(self, tab: Tab, start: int) -> None:
        tab.insert_column(start)
        self._make_room(tab, "COLUMNS", start, 1)

    def _make_room(self, tab: Any, dimension: str, start: int, count: int) -> None:
        for other in self.tabs:
            if other is not tab:
                other.make_room(tab.sheet_id, dimension, start, count)

    def tab_of_chart(self, chart_id: int) -> Tab:
        for tab in self.tabs:
            if chart_id in tab.charts:
                return tab
        raise ValueError(f"No chart with id: {chart_id}")

    def value_range(self, text: str) -> Json:
        """Returns a ValueRange without trailing empty cells and rows, or empty `values`."""
        match = RANGE.fullmatch(text)
        title = match["title"].replace("''", "'") if match else ""
        if title not in [tab.title for tab in self.tabs if tab.sheet_type == "GRID"]:
            raise ValueError(f"Unable to parse range: {text}")
        lines = [_without_blank_end(line) for line in super().value_range(text)["values"]]
        values = _without_blank_end(lines)
        return {"range": text} | ({"values": values} if values else {})

    def update(self, requests: list[Json]) -> list[Json]:
        for request in requests:
            [(kind, fields)] = request.items()
            self.admit(kind, fields)
            super().update([request])
        return [{} for _ in requests]

    def admit(self, kind: str, fields: Json) -> None:
        """Raises ValueError for an edit of what is protected, and for a merge frozen in parts."""
        block = None
        match kind, fields:
            case "updateCells" | "repeatCell", {"range": place}:
                tab = self.tab_of(place)
                block = tab.block(place)
            case (
                ("insertDimension" | "updateDimensionProperties", {"range": place})
                | ("appendDimension", place)
                | ("updateSheetProperties", {"properties": place})
                | ("addChart", {"chart": {"position": {"overlayPosition": {"anchorCell": place}}}})
            ):
                tab = self.tab_of(place)
            case "updateChartSpec", {"chartId": chart_id}:
                tab = self.tab_of_chart(chart_id)
            case _:
                return
        for one in tab.protected_ranges:
            is_whole = "startRowIndex" not in one["range"]
            is_touched = is_whole or (block and _overlaps(tab.block(one["range"]), block))
            if is_touched and "requestingUserCanEdit" not in one:
                raise ValueError(PROTECTED)
        rows = fields.get("properties", {}).get("gridProperties", {}).get("frozenRowCount", 0)
        if any(merge["startRowIndex"] < rows < merge["endRowIndex"] for merge in tab.merges):
            raise ValueError("You can't freeze rows which contain only part of a merged cell.")

    def updateCells(self, *, range: Json, fields: str, rows: Sequence[Json] = ()) -> None:
        tab_rows, columns = self.tab_of(range).block(range)
        lines = [line["values"] for line in rows]
        if len(lines) > len(tab_rows) or any(len(line) > len(columns) for line in lines):
            raise ValueError("Attempting to write beyond the last requested row or column")
        for cell in chain.from_iterable(lines):
            value = cell.get("userEnteredValue", {})
            if isinstance(value.get("numberValue"), bool):
                raise ValueError(f"Invalid value at 'user_entered_value': {value}")
        super().updateCells(range=range, fields=fields, rows=rows)

    def insertDimension(self, *, range: Json, inheritFromBefore: bool) -> None:
        tab, start, end = self.tab_of(range), range["startIndex"], range["endIndex"]
        if not inheritFromBefore <= start < tab.row_count + inheritFromBefore:
            raise ValueError(f"range.startIndex must be less than the grid size ({tab.row_count})")
        super().insertDimension(range=range, inheritFromBefore=inheritFromBefore)
        self._make_room(tab, range["dimension"], start, end - start)

    def appendDimension(self, *, sheetId: int, dimension: str, length: int) -> None:
        tab = self.tab_of({"sheetId": sheetId})
        if dimension == "ROWS":
            tab.row_count += length
        else:
            tab.column_count += length

    def findReplace(self, *, sheetId: int, find: str, replacement: str) -> None:
        tab = self.tab_of({"sheetId": sheetId})
        for place, cell in list(tab.cells.items()):
            if type(cell.value) is str:
                value = cell.value.replace(find, replacement) or None
                tab.write(*place, replace(cell, value=value))

    def updateSheetProperties(self, *, properties: Json, fields: str) -> None:
        """Sets how many rows are frozen, whatever the fields."""
        tab, rows = self.tab_of(properties), properties["gridProperties"]["frozenRowCount"]
        if not 0 <= rows < tab.row_count:
            raise ValueError("You can't freeze all visible rows on the sheet.")
        tab.frozen_row_count = rows

    def updateDimensionProperties(self, *, range: Json, properties: Json, fields: str) -> None:
        """Sets the widths of columns, whatever the fields."""
        tab, end = self.tab_of(range), range["endIndex"]
        if end > tab.column_count:
            raise ValueError(f"Invalid range: columns up to {end} do not exist")
        for column in google.indexes(range["startIndex"], end):
            tab.widths_pixels[column] = properties["pixelSize"]

    def addChart(self, *, chart: Json) -> None:
        """Adds a chart over a tab's cells, or in a new tab of its own."""
        chart_id, position = chart["chartId"], chart["position"]
        if any(chart_id in tab.charts for tab in self.tabs):
            raise ValueError(f"A chart with the id {chart_id} already exists.")
        pinned = {**chart, "spec": self._pinned(chart["spec"])}
        if position == {"newSheet": True}:
            tab = self.add_tab(f"Chart{len(self.tabs)}")
            tab.sheet_type = "OBJECT"
            tab.charts[chart_id] = pinned
        else:
            at = position["overlayPosition"]["anchorCell"]
            corner = {"startRowIndex": at["rowIndex"], "startColumnIndex": at["columnIndex"]}
            self.tab_of(at).block(corner)
            super().addChart(chart=pinned)

    def updateChartSpec(self, *, chartId: int, spec: Json) -> None:
        """Replaces the whole spec of a chart: what the new one leaves out is lost."""
        self.tab_of_chart(chartId).charts[chartId] |= {"spec": self._pinned(spec)}

    def _pinned(self, spec: Json) -> Json:
        """Returns a spec whose ranges end where the grid ends now."""
        spec = deepcopy(spec)
        chart = spec["basicChart"]
        for name, one in product(("domain", "series"), (*chart["domains"], *chart["series"])):
            if name in one:
                sources = one[name]["sourceRange"]["sources"]
                sources[:] = [self.tab_of(place).pinned(place) for place in sources]
        return spec

    def snapshot(self) -> dict[str, object]:
        """Returns the whole state: equal spreadsheets have equal snapshots."""
        return {"title": self.title, "tabs": [tab.snapshot() for tab in self.tabs]}


class GoogleServer(google.GoogleServer):
    """The demo's server, but strict, and it fails on request.

    `share` is what the service account may do.
    """

    def __init__(self, *, spreadsheet: Spreadsheet | None = None) -> None:
        super().__init__(spreadsheet=spreadsheet or Spreadsheet())
        self.share: Literal["editor", "viewer"] | None = "editor"
        self.calls: list[Call] = []
        self._tokens: set[str] = set()
        # The writes that were applied, whether or not their answers arrived.
        self.writes = 0
        self._closing = threading.Event()
        self._revoked = ""
        self._public_key = _public_key(self.service_account["private_key"])
        self._queue_lock = threading.Lock()
        self._always: Answer = None
        self._queue: list[tuple[Answer, bool]] = []

    def __exit__(self, *exit_reason: object) -> None:
        self._closing.set()
        super().__exit__(*exit_reason)

    def revoke_key(self, words: str = BAD_SIGNATURE) -> None:
        """Refuses new tokens for the key; tokens already issued stay valid, as at Google."""
        self._revoked = words

    def then(self, *answers: Answer, writes_only: bool = False) -> None:
        """Queues answers for the next API calls, one each; None is the true answer.

        With `writes_only` reads take none of them; an AnswerLost waits for a write in any case.
        """
        with self._queue_lock:
            self._queue += [(a, writes_only or isinstance(a, AnswerLost)) for a in answers]

    def always(self, answer: Answer) -> None:
        """Sets the answer to calls for which `then` queued none; None is the true answer."""
        self._always = answer

    def token(self, form: Json) -> Json:
        """Exchanges a signed JWT for a bearer token. Raises `GrantError` in Google's words."""
        self.calls.append(Call("POST", "/token", form))
        try:
            claims = jwt.decode(form["assertion"], self._public_key)
        except ValueError as error:
            raise GrantError("invalid_grant", BAD_SIGNATURE) from error
        if self._revoked:
            raise GrantError("invalid_grant", self._revoked)
        if claims["iss"] != ACCOUNT:
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        if claims["scope"] != SCOPE:
            raise GrantError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        token = "ya29." + secrets.token_urlsafe(32)
        self._tokens.add(token)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def respond(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Json]:
        try:
            if request.path == "/token":
                return 200, self.token(dict(parse_qsl(body.decode())))
            asked = request.command, request.path, json.loads(body) if body else None
            self.calls.append(Call(asked[0], unquote(asked[1]), asked[2]))
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
                raise UNAUTHENTICATED
            return 200, self.apply(*asked)
        except Status as refusal:
            return refusal.code, refusal.answer

    def apply(self, method: str, target: str, body: Any) -> Json:
        instruction = self._next_answer(method)
        if isinstance(instruction, Status):
            raise instruction
        if isinstance(instruction, Hang):
            instruction.begun()
            self._closing.wait()
            raise ConnectionAbortedError
        result = self._true_answer(method, target, body)
        if isinstance(instruction, AnswerLost):
            raise instruction.instead or ConnectionAbortedError
        return result

    def _next_answer(self, method: str) -> Answer:
        with self._queue_lock:
            for index, (answer, writes_only) in enumerate(self._queue):
                if method != "GET" or not writes_only:
                    del self._queue[index]
                    return answer
        return self._always

    def _true_answer(self, method: str, target: str, body: Any) -> Json:
        """Returns it, and takes every change back where a request of the batch is refused."""
        if self.share is None or (self.share == "viewer" and method != "GET"):
            raise FORBIDDEN
        if not target.startswith(API + self.spreadsheet_id):
            raise NOT_FOUND
        before = [(tab, _copied(tab)) for tab in self.spreadsheet.tabs]
        try:
            query = parse_qs(urlsplit(target).query)
            if "ranges" in query and {**query, "ranges": []} != {**OPTIONS, "ranges": []}:
                raise ValueError(f"Only {OPTIONS} are emulated")
            result = super().apply(method, target, body)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.spreadsheet.tabs = [tab for tab, _ in before]
            for tab, state in before:
                vars(tab).update(state)
            raise Status(400, "INVALID_ARGUMENT", str(error)) from error
        self.writes += method == "POST"
        return result

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Some tests make a client give up waiting; any other error is a bug.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _without_blank_end(items: list[Any]) -> list[Any]:
    while items and items[-1] in ("", []):
        items.pop()
    return items


def _without_zeros(value: Any) -> Any:
    """Returns ranges and places as Google writes them in its JSON."""
    if isinstance(value, list):
        return [_without_zeros(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_zeros(one)
        for name, one in value.items()
        if one != 0 or name not in LEFT_OUT_WHEN_ZERO
    }


def _moved(value: Any, sheet_id: int, dimension: str, start: int, count: int) -> Any:
    """Returns JSON whose ranges and places in a sheet make room for inserted rows or columns.

    A range grows by rows inserted inside of it, not by rows added at its end.
    """
    if isinstance(value, list):
        return [_moved(one, sheet_id, dimension, start, count) for one in value]
    if not isinstance(value, dict):
        return value
    result = {name: _moved(one, sheet_id, dimension, start, count) for name, one in value.items()}
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


def _overlaps(one: tuple[range, range], other: tuple[range, range]) -> bool:
    return all(max(a.start, b.start) < min(a.stop, b.stop) for a, b in zip(one, other, strict=True))


def _copied(tab: Tab) -> dict[str, Any]:
    """Returns a copy of the attributes; of the many cells, which never change, not each."""
    return {**deepcopy(vars(tab) | {"cells": {}}), "cells": dict(tab.cells)}


@cache
def _public_key(private_key: str) -> bytes:
    key = pem.load_pem_private_key(private_key.encode(), password=None)
    return key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
