"""Values of the emulated spreadsheet, as the real gspread reads them."""

from __future__ import annotations

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import DAY, SERIAL, values


def test_unformatted_values_are_serials_and_numbers(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [[DAY, 45.5, 2.0, True, "x"]])
    assert values(sheet, "'Отчёт'") == [[SERIAL, 45.5, 2, True, "x"]]


def test_other_forms_of_values_are_not_claimed(sheet: gspread.Spreadsheet) -> None:
    with pytest.raises(APIError, match="not emulated"):
        sheet.values_batch_get(["'Отчёт'"])
    with pytest.raises(APIError, match="not found on this server"):
        sheet.values_get("'Отчёт'")


def test_trailing_blanks_are_left_out(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [["a", None, None], [], ["b", None, "c"], [None]])
    assert values(sheet, "'Отчёт'!A1:Z100") == [["a"], [], ["b", "", "c"]]
    assert values(sheet, "'Отчёт'!D:D") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("'It''s'", [["a", "b"], ["c", "d"]]),
        ("'It''s'!A1:B1", [["a", "b"]]),
        ("'It''s'!B:B", [["b"], ["d"]]),
        ("'It''s'!2:2", [["c", "d"]]),
        ("'It''s'!B2", [["d"]]),
        ("A1:B2", [["first tab"]]),
    ],
)
def test_reads_ranges_in_a1_notation(
    google: GoogleServer,
    sheet: gspread.Spreadsheet,
    name: str,
    expected: list[list[object]],
) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [["first tab"]])
    google.spreadsheet.tab("It's").put("A1", [["a", "b"], ["c", "d"]])
    assert values(sheet, name) == expected


@pytest.mark.parametrize("name", ["Q1", "'Q1'", "'Q1'!Q1"])
def test_a_title_that_could_be_a_cell_is_read_as_one(
    google: GoogleServer, sheet: gspread.Spreadsheet, name: str
) -> None:
    tab = google.spreadsheet.add_tab("Q1")
    tab.put("A1", [["first cell"]])
    tab.put("Q1", [["cell Q1"]])
    assert values(sheet, name) == [["cell Q1"]]
    assert values(sheet, "'Q1'!A1:A2") == [["first cell"]]


def test_a_title_beyond_the_grid_that_could_be_a_cell_is_refused(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.spreadsheet.add_tab("ETL1")
    with pytest.raises(APIError, match="exceeds grid limits"):
        values(sheet, "'ETL1'")


def test_an_unknown_tab_cannot_be_parsed(sheet: gspread.Spreadsheet) -> None:
    with pytest.raises(APIError, match=r"Unable to parse range: 'Nope'!A1"):
        values(sheet, "'Nope'!A1")
