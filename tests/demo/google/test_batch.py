"""A batch of the emulated Google: all or nothing, and what its requests do to cells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import DAY, SERIAL, batch, write


def test_is_all_or_nothing(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    before = google.spreadsheet.snapshot()
    insert = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    with pytest.raises(APIError, match=r"Invalid requests\[2\]\.updateCells: "):
        batch(sheet, {"insertDimension": {"range": insert}}, write("x"), write("y", row=5000))
    assert google.spreadsheet.snapshot() == before
    assert google.writes == 0


def test_a_held_tab_shows_what_was_written(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    batch(sheet, write("x"), write(2, row=1))
    assert tab.rows() == [["x"], [2]]
    assert google.writes == 1


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"explode": {}}, "Unknown name"),
        ({"addSheet": {"properties": {}, "extra": 1}}, "extra"),
        (
            {"repeatCell": {"range": {"sheetId": 9}, "fields": "userEnteredValue"}},
            "No grid with id: 9",
        ),
        (write("x", fields=""), "At least one field"),
        (write("x", fields="userEnteredValu"), "Invalid field"),
        ({"addSheet": {"properties": {"title": "It's", "sheetId": 7}}}, "already exists"),
    ],
)
def test_refuses_what_google_refuses(
    sheet: gspread.Spreadsheet, request_: Any, message: str
) -> None:
    with pytest.raises(APIError, match=message) as refused:
        batch(sheet, request_)
    assert refused.value.response.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_the_mask_decides_what_is_written(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    tab, as_date = google.spreadsheet.tab("Отчёт"), {"numberFormat": {"type": "DATE"}}
    batch(sheet, write(SERIAL, userEnteredFormat=as_date))
    assert tab.rows() == [[SERIAL]]
    mask = "userEnteredFormat.numberFormat"
    batch(sheet, write(7, fields=mask, userEnteredFormat=as_date))
    assert tab.rows() == [[DAY]]
    batch(sheet, write(SERIAL + 1))
    assert tab.rows() == [[DAY + timedelta(days=1)]]


def test_a_range_clears_what_has_no_data(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    tab.put("A1", [["a", "b"], ["c", "d"], ["e", "f"]])
    block = {"sheetId": 0, "endRowIndex": 2, "endColumnIndex": 2}
    rows = [{"values": [{"userEnteredValue": {"stringValue": "new"}}]}]
    batch(
        sheet,
        {"updateCells": {"range": block, "rows": rows, "fields": "userEnteredValue"}},
    )
    assert tab.rows() == [["new", None], [None, None], ["e", "f"]]


def test_more_rows_than_the_range_are_refused(sheet: gspread.Spreadsheet) -> None:
    rows: list[Any] = [{"values": [{}]}, {"values": [{}]}]
    block = {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}
    with pytest.raises(APIError, match="beyond the last requested row"):
        batch(sheet, {"updateCells": {"range": block, "rows": rows, "fields": "userEnteredValue"}})


def test_find_and_replace_counts(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [["aXa", "x"], ["b", 5]])
    [reply] = batch(sheet, {"findReplace": {"find": "x", "replacement": "-", "sheetId": 0}})
    assert reply["findReplace"]["occurrencesChanged"] == 2
    [reply] = batch(sheet, {"findReplace": {"find": "x", "replacement": "", "sheetId": 0}})
    assert reply == {"findReplace": {}}
    assert google.spreadsheet.tab("Отчёт").rows() == [["a-a", "-"], ["b", 5]]
