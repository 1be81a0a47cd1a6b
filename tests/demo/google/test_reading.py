"""Values of the emulated spreadsheet, as the real gspread reads them."""

from __future__ import annotations

from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError
from gspread.utils import DateTimeOption, ValueRenderOption

from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import DAY, SERIAL, batch, write


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("ru_RU", ["01.12.2025", "45,5"]), ("en_US", ["12/1/2025", "45.5"])],
)
def test_follows_the_locale(
    google: GoogleServer, sheet: gspread.Spreadsheet, locale: str, shown: Any
) -> None:
    google.spreadsheet.locale = locale
    google.spreadsheet.tab("Отчёт").put("A1", [[DAY, 45.5]])
    assert sheet.sheet1.get("A1:B1") == [shown]


def test_unformatted_values_are_serials_and_numbers(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [[DAY, 45.5, 2.0, True, "x"]])
    values = sheet.sheet1.get(value_render_option=ValueRenderOption.unformatted)
    assert values == [[SERIAL, 45.5, 2, True, "x"]]


def test_unformatted_dates_can_be_asked_for_as_text(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [[DAY, 45.5]])
    values = sheet.sheet1.get(
        value_render_option=ValueRenderOption.unformatted,
        date_time_render_option=DateTimeOption.formatted_string,
    )
    assert values == [["01.12.2025", 45.5]]


@pytest.mark.parametrize(
    ("pattern", "shown"), [("yyyy-mm-dd", "2025-12-01"), ("dd.mm.yyyy", "01.12.2025")]
)
def test_a_pattern_wins_over_the_locale(
    google: GoogleServer, sheet: gspread.Spreadsheet, pattern: str, shown: Any
) -> None:
    google.spreadsheet.locale = "en_US"
    number_format = {"type": "DATE", "pattern": pattern}
    batch(
        sheet,
        write(SERIAL, fields="*", userEnteredFormat={"numberFormat": number_format}),
    )
    assert sheet.sheet1.acell("A1").value == shown


def test_trailing_blanks_are_left_out(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [["a", None, None], [], ["b", None, "c"], [None]])
    answer = sheet.values_get("'Отчёт'!A1:Z100")
    assert answer["values"] == [["a"], [], ["b", "", "c"]]
    assert "values" not in sheet.values_get("'Отчёт'!D:D")


@pytest.mark.parametrize(
    ("name", "values"),
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
    values: list[list[object]],
) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [["first tab"]])
    google.spreadsheet.tab("It's").put("A1", [["a", "b"], ["c", "d"]])
    assert sheet.values_get(name)["values"] == values
    assert sheet.values_batch_get([name])["valueRanges"][0]["values"] == values


@pytest.mark.parametrize("name", ["Q1", "'Q1'", "'Q1'!Q1"])
def test_a_title_that_could_be_a_cell_is_read_as_one(
    google: GoogleServer, sheet: gspread.Spreadsheet, name: str
) -> None:
    tab = google.spreadsheet.add_tab("Q1")
    tab.put("A1", [["first cell"]])
    tab.put("Q1", [["cell Q1"]])
    assert sheet.values_get(name)["values"] == [["cell Q1"]]
    assert sheet.values_get("'Q1'!A1:A2")["values"] == [["first cell"]]


def test_a_title_beyond_the_grid_that_could_be_a_cell_is_refused(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.spreadsheet.add_tab("ETL1")
    with pytest.raises(APIError, match="exceeds grid limits"):
        sheet.values_get("'ETL1'")


def test_an_unknown_tab_cannot_be_parsed(sheet: gspread.Spreadsheet) -> None:
    with pytest.raises(APIError, match=r"Unable to parse range: 'Nope'!A1"):
        sheet.values_get("'Nope'!A1")
