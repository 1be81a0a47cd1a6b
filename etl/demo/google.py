"""An emulated Google on loopback: a spreadsheet, the Sheets API v4 and OAuth 2.0's token endpoint.

Cells hold numbers and texts; a date is a number of days since 1899-12-30 that carries a DATE
format, as in the Sheets API. Ranges and places are the API's JSON (GridRange, GridCoordinate).
No valid request is refused; column widths and frozen rows are not emulated.
Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from gspread.utils import a1_range_to_grid_range, a1_to_rowcol

from etl.demo.loopback import LoopbackServer

ACCOUNT = "reporter@demo-project.iam.gserviceaccount.com"
EPOCH = date(1899, 12, 30)

Json = dict[str, Any]
Value = str | bool | int | float | None
Block = tuple[range, range]
# The requests' own field `range` hides the builtin in their functions.
indexes = range


@dataclass(frozen=True)
class NumberFormat:
    """A number format: `type` is the API's (DATE, NUMBER, ...); an empty pattern is its default."""

    type: str
    pattern: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a tab; `style` has the other parts of its CellFormat, which comparisons ignore."""

    value: Value = None
    number_format: NumberFormat | None = None
    style: Mapping[str, object] = field(default_factory=dict, compare=False)

    def plain(self) -> object:
        """Returns the value as people see it: as a date if it is a number with a DATE format."""
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if is_number and self.number_format and self.number_format.type == "DATE":
            return EPOCH + timedelta(days=float(self.value))  # type: ignore[arg-type]
        return self.value

    def changed(self, data: Json, fields: str) -> Cell:
        """Returns a copy of the cell with `fields` as in `data` (a CellData), cleared if not in it.

        `fields` is a mask in the form `userEnteredValue,userEnteredFormat.numberFormat`.
        """
        cell, given = self, data.get("userEnteredFormat", {})
        for path in fields.split(","):
            name = path.removeprefix("userEnteredFormat.")
            if path == "userEnteredValue":
                value = data.get(path, {})
                text = value.get("stringValue") or None
                cell = replace(cell, value=value.get("numberValue", text))
            elif name == "numberFormat":
                number_format = NumberFormat(**given[name]) if name in given else None
                cell = replace(cell, number_format=number_format)
            else:
                style = {**cell.style, name: given.get(name)}
                cell = replace(cell, style={key: one for key, one in style.items() if one})
        return cell


@dataclass
class Tab:
    """A tab: its `cells` that are not empty, by (row, column) from 0, and its `charts` by id."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    metadata: list[Json] = field(default_factory=list)
    charts: dict[int, Json] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), Cell())

    def write(self, row: int, column: int, cell: Cell) -> None:
        if cell == Cell() and not cell.style:
            self.cells.pop((row, column), None)
        else:
            self.cells[row, column] = cell

    def put(self, corner: str, rows: Sequence[Sequence[Value | date]]) -> None:
        """Writes `rows`, the first from the cell `corner` (`A1`) on; the grid grows if needed."""
        top, left = a1_to_rowcol(corner)
        for row, values in enumerate(rows, top - 1):
            for column, value in enumerate(values, left - 1):
                if isinstance(value, date):
                    cell = Cell((value - EPOCH).days, NumberFormat("DATE"))
                else:
                    cell = Cell(None if value == "" else value)
                self.write(row, column, cell)
                self.row_count = max(self.row_count, row + 1)
                self.column_count = max(self.column_count, column + 1)

    def rows(self) -> list[list[object]]:
        """Returns rows of equal length with all values as people see them; empty cells are None."""
        height, width = self.used_size()
        return [[self.cell(r, c).plain() for c in range(width)] for r in range(height)]

    def used_size(self) -> tuple[int, int]:
        """Returns the numbers of rows and columns, from A1 on, that contain all values."""
        used = [position for position, cell in self.cells.items() if cell.value is not None]
        return max((r + 1 for r, _ in used), default=0), max((c + 1 for _, c in used), default=0)

    def block(self, grid_range: Json) -> Block:
        """Returns the row and column indexes of a GridRange, cut off where the grid ends."""
        rows, columns = (
            range(
                grid_range.get(f"start{kind}Index", 0),
                min(grid_range.get(f"end{kind}Index", size), size),
            )
            for kind, size in (("Row", self.row_count), ("Column", self.column_count))
        )
        return rows, columns

    def values(self, block: Block) -> list[list[object]]:
        """Returns a block's values by row, cut off at the last used cell; empty cells are ''."""
        (rows, columns), (height, width) = block, self.used_size()
        lines = ([self.cell(r, c).value for c in columns[:width]] for r in rows[:height])
        return [["" if value is None else value for value in line] for line in lines]

    def insert_rows(self, start: int, count: int) -> None:
        self.cells = {
            (row + count if row >= start else row, column): cell
            for (row, column), cell in self.cells.items()
        }
        self.row_count += count

    def as_sheet(self) -> Json:
        """Returns the tab as the API's JSON object Sheet, with the fields that our client reads."""
        grid = {"rowCount": self.row_count, "columnCount": self.column_count}
        properties = {"sheetId": self.sheet_id, "title": self.title, "gridProperties": grid}
        charts = [*self.charts.values()]
        return {"properties": properties, "charts": charts, "developerMetadata": self.metadata}


class Spreadsheet:
    """A spreadsheet, at first one empty tab; methods in camel case are the API's requests."""

    title = "Attempts"
    kind_of_tab = Tab

    def __init__(self) -> None:
        self.tabs: list[Tab] = [self.kind_of_tab(0, "Sheet1")]

    def tab_of(self, place: Json) -> Tab:
        """Returns the tab whose id is the `sheetId` of `place`, which the API omits if it is 0."""
        [tab] = [tab for tab in self.tabs if tab.sheet_id == place.get("sheetId", 0)]
        return tab

    def value_range(self, text: str) -> Json:
        """Returns the ValueRange of an A1 range with a quoted title, such as `'My tab'!A1:G100`."""
        title, _, block = text.rpartition("!")
        [tab] = [tab for tab in self.tabs if tab.title == title[1:-1].replace("''", "'")]
        return {"range": text, "values": tab.values(tab.block(a1_range_to_grid_range(block)))}

    def update(self, requests: list[Json]) -> list[Json]:
        """Applies all requests in order; returns an empty reply for each."""
        for request in requests:
            [(kind, fields)] = request.items()
            getattr(self, kind)(**fields)
        return [{} for _ in requests]

    def updateCells(self, *, range: Json, fields: str, rows: Sequence[Json] = ()) -> None:
        """Writes `rows` of CellData into `range`; in cells without data, clears `fields`."""
        tab = self.tab_of(range)
        block = tab.block(range)
        data = {
            (row, column): cell
            for row, line in enumerate(rows, block[0].start)
            for column, cell in enumerate(line["values"], block[1].start)
        }
        for place in product(*block):
            tab.write(*place, tab.cell(*place).changed(data.get(place, {}), fields))

    def repeatCell(self, *, range: Json, fields: str, cell: Json) -> None:
        tab = self.tab_of(range)
        for place in product(*tab.block(range)):
            tab.write(*place, tab.cell(*place).changed(cell, fields))

    def insertDimension(self, *, range: Json, inheritFromBefore: bool) -> None:
        """Inserts empty rows that take their format from the row above, or else from that below."""
        tab = self.tab_of(range)
        start, end = range["startIndex"], range["endIndex"]
        tab.insert_rows(start, end - start)
        neighbour = start - 1 if inheritFromBefore else end
        for (row, column), cell in list(tab.cells.items()):
            if row == neighbour:
                for index in indexes(start, end):
                    tab.write(index, column, replace(cell, value=None))

    def addSheet(self, *, properties: Json) -> None:
        """Adds an empty tab after all others."""
        size = properties["gridProperties"]
        names = properties["sheetId"], properties["title"]
        self.tabs.append(self.kind_of_tab(*names, size["rowCount"], size["columnCount"]))

    def createDeveloperMetadata(self, *, developerMetadata: Json) -> None:
        self.tab_of(developerMetadata["location"]).metadata.append(developerMetadata)

    def addChart(self, *, chart: Json) -> None:
        place = chart["position"]["overlayPosition"]["anchorCell"]
        self.tab_of(place).charts[chart["chartId"]] = chart

    def updateSheetProperties(self, **_: object) -> None:
        """Does nothing: frozen rows and column widths are not emulated."""

    updateDimensionProperties = updateSheetProperties


class GoogleServer(LoopbackServer):
    """An emulated Sheets API for one spreadsheet, with OAuth's token endpoint for one account.

    It answers only our client's calls, while its context lasts: metadata without cells, values in a
    batch (unformatted, dates as serial numbers), and batchUpdate.
    """

    def __init__(self, *, spreadsheet: Spreadsheet | None = None) -> None:
        super().__init__()
        self.spreadsheet = spreadsheet or Spreadsheet()
        self.spreadsheet_id = "1demo-Spreadsheet_of-the-campus-000000000000"
        self.service_account = {
            "type": "service_account",
            "private_key_id": "0000000000000000000000000000000000000000",
            "private_key": _private_key(),
            "client_email": ACCOUNT,
            "token_uri": f"{self.url}/token",
        }
        self.credentials_base64 = b64encode(json.dumps(self.service_account).encode()).decode()

    def respond(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Json]:
        if request.path == "/token":
            return 200, {"access_token": "demo", "expires_in": 3599, "token_type": "Bearer"}
        return 200, self.apply(request.command, request.path, json.loads(body or b"{}"))

    def apply(self, method: str, target: str, body: Json) -> Json:
        """Returns the API's JSON answer to a request for `target`, be it authorized or not."""
        book, url = self.spreadsheet, urlsplit(target)
        if method == "POST":
            return {"replies": book.update(body["requests"])}
        if url.path.endswith("/values:batchGet"):
            ranges = parse_qs(url.query)["ranges"]
            return {"valueRanges": [book.value_range(one) for one in ranges]}
        sheets = [tab.as_sheet() for tab in book.tabs]
        return {"properties": {"title": book.title}, "sheets": sheets}


@cache
def _private_key() -> str:
    """Returns one short key per process, since making it takes time."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it opens nothing
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
