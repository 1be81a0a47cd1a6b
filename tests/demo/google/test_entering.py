"""What becomes of values that the real gspread writes."""

from __future__ import annotations

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Formula
from tests.demo.google.conftest import DAY


def test_raw_text_stays_text(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    sheet.sheet1.update([["=1+1", "45,5", "01.12.2025", 7]], "A1", raw=True)
    assert google.spreadsheet.tab("Отчёт").rows() == [["=1+1", "45,5", "01.12.2025", 7]]


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        ("ru_RU", ["45,5", "01.12.2025", "2025-12-01", "=A1*2", "45.5"]),
        ("en_US", ["45.5", "12/1/2025", "2025-12-01", "=A1*2", "45,5"]),
    ],
)
def test_typed_text_is_read_as_the_screen_would(
    google: GoogleServer, sheet: gspread.Spreadsheet, locale: str, typed: list[str]
) -> None:
    google.spreadsheet.locale = locale
    sheet.sheet1.update([typed], "A1", raw=False)
    meant = [45.5, DAY, DAY, Formula("=A1*2"), typed[-1]]
    assert google.spreadsheet.tab("Отчёт").rows() == [meant]


def test_append_goes_below_the_last_row(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    tab.put("A1", [["head"], [], ["a"]])
    sheet.sheet1.append_rows([["b"], ["c"]])
    assert tab.rows() == [["head"], [None], ["a"], ["b"], ["c"]]


def test_null_skips_a_cell_and_an_empty_text_clears_it(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    tab.put("A1", [["kept", "cleared", "replaced"]])
    sheet.sheet1.update([[None, "", "new"]], "A1")
    assert tab.rows() == [["kept", None, "new"]]


def test_a_range_outside_the_grid_is_refused(sheet: gspread.Spreadsheet) -> None:
    with pytest.raises(APIError, match=r"exceeds grid limits\. Max rows: 1000"):
        sheet.sheet1.update([["x"]], "A1001")


def test_one_bad_range_of_several_writes_nothing(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    before = google.spreadsheet.snapshot()
    data = [{"range": "A1", "values": [["x"]]}, {"range": "ZZ1", "values": [["y"]]}]
    with pytest.raises(APIError, match="exceeds grid limits"):
        sheet.values_batch_update({"valueInputOption": "RAW", "data": data})
    assert google.spreadsheet.snapshot() == before
