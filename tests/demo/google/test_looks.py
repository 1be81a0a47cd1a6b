"""Formats, widths and marks of the emulated Google: applied by their masks, told again, checked."""

from __future__ import annotations

from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import NumberFormat
from tests.demo.google.conftest import batch, write

BOLD = {"textFormat": {"bold": True}}
FIRST = {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}


def mark(**overrides: Any) -> dict[str, Any]:
    fields = {"metadataKey": "k", "location": {"sheetId": 0}, "visibility": "DOCUMENT"}
    return {"createDeveloperMetadata": {"developerMetadata": {**fields, **overrides}}}


def repeat(fields: str, **cell_format: Any) -> dict[str, Any]:
    cell = {"userEnteredFormat": cell_format}
    return {"repeatCell": {"range": FIRST, "cell": cell, "fields": fields}}


def test_the_mask_decides_which_format_is_given(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    tab = google.spreadsheet.tabs[0]
    as_number = {"numberFormat": {"type": "NUMBER", "pattern": "0.00"}}
    batch(sheet, repeat("userEnteredFormat", wrapStrategy="WRAP", **BOLD, **as_number))
    batch(sheet, repeat("userEnteredFormat.textFormat", textFormat={"bold": False}))
    batch(sheet, write(5))
    cell = tab.cell(0, 0)
    assert (cell.value, cell.number_format) == (5, NumberFormat("NUMBER", "0.00"))
    assert cell.style == {"textFormat.bold": False, "wrapStrategy": "WRAP"}
    batch(sheet, repeat("userEnteredFormat"))
    assert (tab.cell(0, 0).number_format, tab.cell(0, 0).style) == (None, {})


def test_a_format_alone_makes_no_value(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    before = google.spreadsheet.snapshot()
    batch(sheet, repeat("userEnteredFormat.textFormat", **BOLD))
    assert google.spreadsheet.tabs[0].rows() == []
    assert google.spreadsheet.snapshot() != before


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (repeat("userEnteredFormat", textFormat={"bold": "yes"}), "textFormat.bold': yes"),
        (repeat("userEnteredFormat", textFormat={"loud": True}), "textFormat.loud"),
        (repeat("userEnteredFormat.texts", **BOLD), "Invalid field"),
        (mark(location={}), "exactly one location"),
        (mark(metadataKey=""), "must always have a key"),
        (mark(visibility="EVERYBODY"), "EVERYBODY"),
        (mark(note="x"), "note"),
        ({"addSheet": {"properties": {"sheetId": 2**31}}}, "Invalid sheet ID"),
        ({"addSheet": {"properties": {"name": "x"}}}, "Invalid field: name"),
    ],
)
def test_what_google_does_not_know_is_refused(
    sheet: gspread.Spreadsheet, request_: Any, message: str
) -> None:
    with pytest.raises(APIError, match=message):
        batch(sheet, request_)


@pytest.mark.parametrize(("end", "pixels"), [(27, 100), (2, -1), (2, True)])
def test_a_width_that_cannot_be_is_refused(
    sheet: gspread.Spreadsheet, end: int, pixels: Any
) -> None:
    span = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": end}
    width = {"range": span, "properties": {"pixelSize": pixels}, "fields": "pixelSize"}
    with pytest.raises(APIError, match="Invalid"):
        batch(sheet, {"updateDimensionProperties": width})


def test_a_mark_stays_with_its_tab_and_is_shown(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    [reply] = batch(sheet, mark(metadataId=5, metadataValue="v"))
    google.spreadsheet.tabs[0].title = "Другой"
    told = sheet.fetch_sheet_metadata()["sheets"][0]["developerMetadata"]
    assert told == [reply["createDeveloperMetadata"]["developerMetadata"]]
    assert told[0]["location"] == {"locationType": "SHEET", "sheetId": 0}
    with pytest.raises(APIError, match="5 already exists"):
        batch(sheet, mark(metadataId=5))
