"""What the emulated Google answers: a spreadsheet's tabs, and their values."""

from __future__ import annotations

from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError, SpreadsheetNotFound

from etl.demo.google.spreadsheet import Formula
from tests.demo.google.conftest import DAY, SERIAL, Browser, values
from tests.google_faults import GoogleServer


def test_metadata_has_the_grid_of_every_tab(
    sheet: gspread.Spreadsheet,
) -> None:
    first, _second = sheet.fetch_sheet_metadata()["sheets"]
    assert first["properties"] == {
        "sheetId": 0,
        "title": "Отчёт",
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 1000, "columnCount": 26},
    }
    assert {*first} == {"properties"}


def test_an_unknown_spreadsheet_is_not_found(browser: Browser) -> None:
    with pytest.raises(SpreadsheetNotFound):
        browser.client.open_by_key("no-such-spreadsheet")


def test_values_are_serials_and_numbers(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tabs[0].put("A1", [[DAY, 45.5, True, "x", Formula("=1")]])
    assert values(sheet, "'Отчёт'!A1:Z9") == [[[SERIAL, 45.5, True, "x", "=1"]]]


def test_trailing_blanks_are_left_out(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tabs[0].put("A1", [["a", None, None], [], ["b", None, "c"], [None]])
    whole, nothing = values(sheet, "'Отчёт'!A1:Z100", "'Отчёт'!D1:D9")
    assert whole == [["a"], [], ["b", "", "c"]]
    assert nothing is None


def test_a_title_is_quoted(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tabs[1].put("A1", [["a", "b"], ["c", "d"]])
    assert values(sheet, "'It''s'!B1:B2", "'It''s'!A2:B2") == [[["b"], ["d"]], [["c", "d"]]]


@pytest.mark.parametrize("name", ["'Nope'!A1:B2", "'Отчёт'!", "A1:B2", "'Chart1'!A1:B2"])
def test_a_range_that_cannot_be_read_is_refused(
    google: GoogleServer, sheet: gspread.Spreadsheet, name: str
) -> None:
    google.spreadsheet.add_tab("Chart1").sheet_type = "OBJECT"
    with pytest.raises(APIError, match=f"Unable to parse range: {name}"):
        values(sheet, name)


def test_a_range_beyond_the_grid_is_refused(sheet: gspread.Spreadsheet) -> None:
    message = "exceeds grid limits. Max rows: 1000, max columns: 26"
    with pytest.raises(APIError, match=message):
        values(sheet, "'It''s'!A1001:A1002")


@pytest.mark.parametrize(
    "options", [{}, {"valueRenderOption": "FORMATTED_VALUE"}], ids=["default", "formatted"]
)
def test_values_that_depend_on_the_locale_are_refused(
    sheet: gspread.Spreadsheet, options: Any
) -> None:
    with pytest.raises(APIError, match="are emulated"):
        sheet.values_batch_get(["'Отчёт'!A1:B2"], options)
