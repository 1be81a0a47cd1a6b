"""What Google may do instead of answering, and what else a spreadsheet may have.

    google.then(Status(503), Hang(), AnswerLost())     one answer for each next call
    google.always(Status(429))                         for all others, until always(None)
    google.share = "viewer"; google.revoke_key()
    tab.protect("A1:B2"); tab.hidden = True; tab.merges.append(tab.select("A2:B3"))

Here a batch is atomic, and a token needs a signed JWT (the bearer grant of RFC 7523).
Source: https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal
from urllib.parse import unquote

from cryptography.hazmat.primitives import serialization as pem
from google.auth import jwt
from gspread.utils import a1_range_to_grid_range

from etl.demo.google import server, spreadsheet
from etl.demo.google.api import Status
from etl.demo.google.server import ACCOUNT
from etl.demo.google.spreadsheet import Dimension, Json

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
BAD_SIGNATURE = "Invalid JWT Signature."
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


@dataclass
class Tab(spreadsheet.Tab):
    """A tab that people hide, merge and protect."""

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

    def insert(self, dimension: Dimension, start: int, count: int) -> None:
        """Inserts empty rows (or columns); ranges on the cells move and grow with them."""
        super().insert(dimension, start, count)
        self.make_room(self.sheet_id, dimension, start, count)

    def make_room(self, sheet_id: int, dimension: Dimension, start: int, count: int) -> None:
        """Moves this tab's ranges in a sheet, perhaps another, into which rows were inserted."""
        for name in self.ranged:
            value = _moved(getattr(self, name), sheet_id, dimension, start, count)
            setattr(self, name, value)

    def select(self, block: str) -> Json:
        """Returns the GridRange of `A1:B2` or `A:A`, without open ends."""
        return self.pinned(a1_range_to_grid_range(block))

    def snapshot(self) -> dict[str, object]:
        """Returns everything but the order of insertion: equal tabs have equal snapshots."""
        # Unlike a cell, its text says TRUE from 1, and has the style.
        return {**deepcopy(vars(self)), "cells": {at: repr(one) for at, one in self.cells.items()}}


class Spreadsheet(spreadsheet.Spreadsheet):
    """A spreadsheet with an empty tab for each title, and edits that are refused."""

    kind_of_tab = Tab

    def __init__(self, titles: Iterable[str] = ("Sheet1",)) -> None:
        self.tabs = []
        for title in titles:
            self.add_tab(title)

    def add_tab(self, title: str, index: int | None = None) -> Tab:
        """Adds an empty tab in front of position `index`, by default the last, and returns it."""
        tab = super().add_tab(title)
        self.tabs.insert(len(self.tabs) if index is None else index, self.tabs.pop())
        return tab

    def insert(self, tab: Any, dimension: Dimension, start: int, count: int) -> None:
        """Inserts empty rows (or columns) into a tab; charts in other tabs follow too."""
        super().insert(tab, dimension, start, count)
        for other in self.tabs:
            if other is not tab:
                other.make_room(tab.sheet_id, dimension, start, count)

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

    def snapshot(self) -> dict[str, object]:
        """Returns the whole state: equal spreadsheets have equal snapshots."""
        return {"title": self.title, "tabs": [tab.snapshot() for tab in self.tabs]}


class GoogleServer(server.GoogleServer):
    """The demo's server, but strict, and it fails on request.

    `share` is what the service account may do.
    """

    def __init__(self, *, spreadsheet: Spreadsheet | None = None) -> None:
        super().__init__(spreadsheet=spreadsheet or Spreadsheet())
        self.share: Literal["editor", "viewer"] | None = "editor"
        self.calls: list[Call] = []
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
        return super().token(form)

    def respond(self, method: str, target: str, body: Json | None, authorization: str) -> Json:
        self.calls.append(Call(method, unquote(target), body))
        return super().respond(method, target, body, authorization)

    def apply(self, method: str, target: str, body: Json | None) -> Json:
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

    def _true_answer(self, method: str, target: str, body: Json | None) -> Json:
        """Returns it, and takes every change back where a request of the batch is refused."""
        if self.share is None or (self.share == "viewer" and method != "GET"):
            raise FORBIDDEN
        if method == "GET":
            result = super().apply(method, target, body)
            for tab, sheet in zip(self.spreadsheet.tabs, result.get("sheets", ()), strict=False):
                _complete(sheet, tab)
            return result
        before = [(tab, _copied(tab)) for tab in self.spreadsheet.tabs]
        try:
            result = super().apply(method, target, body)
        except Status:
            self.spreadsheet.tabs = [tab for tab, _ in before]
            for tab, state in before:
                vars(tab).update(state)
            raise
        self.writes += 1
        return result

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Some tests make a client give up waiting; any other error is a bug.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _complete(sheet: Json, tab: Tab) -> None:
    """Adds what people did to a tab, and leaves zeros out, as Google does."""
    if tab.hidden:
        sheet["properties"]["hidden"] = True
    if tab.protected_ranges:
        sheet["protectedRanges"] = tab.protected_ranges
    sheet |= {name: _without_zeros(part) for name, part in sheet.items() if name != "properties"}


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


def _moved(value: Any, sheet_id: int, dimension: Dimension, start: int, count: int) -> Any:
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
