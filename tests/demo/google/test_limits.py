"""What the emulated Google refuses although the request is right: a full workbook, a long text."""

from __future__ import annotations

from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import batch, write

FULL = "number of cells in the workbook above the limit of 10000000 cells"
ROOM = 10_000_000 - 26 * 1000  # the other tab has the rest


def insert(dimension: str) -> dict[str, Any]:
    span = {"sheetId": 0, "dimension": dimension, "startIndex": 0, "endIndex": 1}
    return {"insertDimension": {"range": span}}


def append(dimension: str) -> dict[str, Any]:
    return {"appendDimension": {"sheetId": 0, "dimension": dimension, "length": 1}}


def add_sheet() -> dict[str, Any]:
    size = {"rowCount": 1, "columnCount": 1}
    return {"addSheet": {"properties": {"sheetId": 7, "title": "x", "gridProperties": size}}}


@pytest.mark.parametrize(
    "request_", [insert("ROWS"), append("ROWS"), insert("COLUMNS"), append("COLUMNS"), add_sheet()]
)
def test_ten_million_cells_are_a_workbook(
    google: GoogleServer, sheet: gspread.Spreadsheet, request_: Any
) -> None:
    tab = google.spreadsheet.tabs[0]
    tab.row_count, tab.column_count = ROOM, 1
    with pytest.raises(APIError, match=FULL):
        batch(sheet, request_)
    tab.row_count = ROOM // 2 - 1
    batch(sheet, request_)


@pytest.mark.parametrize("request_", [insert("COLUMNS"), append("COLUMNS")])
def test_the_last_column_is_zzz(
    google: GoogleServer, sheet: gspread.Spreadsheet, request_: Any
) -> None:
    tab = google.spreadsheet.tabs[0]
    tab.row_count, tab.column_count = 1, 18_277
    batch(sheet, request_)
    with pytest.raises(APIError, match="limit of 18278 columns"):
        batch(sheet, request_)


def test_a_cell_holds_fifty_thousand_characters(sheet: gspread.Spreadsheet) -> None:
    batch(sheet, write("x" * 50_000))
    with pytest.raises(APIError, match="more than the maximum of 50000 characters"):
        batch(sheet, write("x" * 50_001))
