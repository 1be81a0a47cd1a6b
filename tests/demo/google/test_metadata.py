"""What the emulated Google tells of a spreadsheet and its tabs."""

from __future__ import annotations

from typing import Any

import gspread
import pytest
from gspread.exceptions import SpreadsheetNotFound
from gspread.urls import SPREADSHEETS_API_V4_BASE_URL

from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Formula, Spreadsheet
from tests.demo.google.conftest import DAY, SERIAL, Browser


def test_says_the_grid_of_every_tab(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tab("It's").frozen_row_count = 1
    first, second = sheet.fetch_sheet_metadata()["sheets"]
    assert first["properties"] == {
        "sheetId": 0,
        "title": "Отчёт",
        "index": 0,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 1000, "columnCount": 26},
    }
    assert second["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert "data" not in first
    assert "charts" not in first


def test_an_unknown_spreadsheet_is_not_found(browser: Browser) -> None:
    with pytest.raises(SpreadsheetNotFound):
        browser.client.open_by_key("no-such-spreadsheet")


def test_gspread_finds_the_frozen_rows(sheet: gspread.Spreadsheet) -> None:
    sheet.sheet1.freeze(rows=1)
    assert sheet.sheet1.frozen_row_count == 1


def test_the_address_that_is_replaced_is_the_one_gspread_uses() -> None:
    assert SPREADSHEETS_API_V4_BASE_URL == "https://sheets.googleapis.com/v4/spreadsheets"


def test_snapshots_say_truth_values_from_numbers_and_formulas_from_text() -> None:
    def snapshot(value: Any) -> object:
        book = Spreadsheet()
        book.tabs[0].put("A1", [[value]])
        return book.snapshot()

    assert snapshot(True) != snapshot(1)
    assert snapshot("=1") != snapshot(Formula("=1"))
    assert snapshot(DAY) != snapshot(SERIAL)
    assert snapshot(1) == snapshot(1.0)
