"""Requests that change rows, columns, tabs and charts."""

from __future__ import annotations

from datetime import timedelta

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import DAY, SERIAL, batch, values, write


def test_inserted_rows_push_down_and_inherit_the_format(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    tab.put("A1", [["head"], [DAY]])
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    batch(sheet, {"insertDimension": {"range": rows, "inheritFromBefore": True}})
    batch(sheet, write(SERIAL + 1, row=2))
    assert tab.rows() == [["head"], [DAY], [DAY + timedelta(days=1)]]
    assert tab.row_count == 1001


def test_columns_are_inserted_and_appended(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    tab.put("A1", [["a", "b"]])
    column = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    batch(sheet, {"insertDimension": {"range": column}})
    assert tab.rows() == [["a", None, "b"]]
    batch(sheet, {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 4}})
    assert tab.column_count == 26 + 1 + 4


def test_tabs_are_added(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    added = sheet.add_worksheet("Новый", rows=10, cols=5)
    assert [tab.title for tab in google.spreadsheet.tabs] == ["Отчёт", "It's", "Новый"]
    tab = google.spreadsheet.tab("новый")
    assert (tab.sheet_id, tab.row_count, tab.column_count) == (added.id, 10, 5)


def test_a_row_below_the_last_can_only_take_after_the_one_before(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    end = google.spreadsheet.tab("Отчёт").row_count
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": end, "endIndex": end + 1}
    with pytest.raises(APIError, match=r"must be less than the grid size \(1000\)"):
        batch(sheet, {"insertDimension": {"range": rows}})
    batch(sheet, {"insertDimension": {"range": rows, "inheritFromBefore": True}})
    assert google.spreadsheet.tab("Отчёт").row_count == end + 1


def test_a_chart_in_a_tab_of_its_own_has_neither_grid_nor_values(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.spreadsheet.add_tab("Chart1").sheet_type = "OBJECT"
    properties = sheet.fetch_sheet_metadata()["sheets"][2]["properties"]
    assert properties["sheetType"] == "OBJECT"
    assert "gridProperties" not in properties
    with pytest.raises(APIError, match="Unable to parse range"):
        values(sheet, "'Chart1'!A1:B2")
