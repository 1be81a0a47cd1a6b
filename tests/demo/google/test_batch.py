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


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"range": {"endRowIndex": 1}}, "row: 1, beyond the last requested row of: 0"),
        ({"range": {"endColumnIndex": 2}}, "column: 2, beyond the last requested column of: 1"),
        ({"start": {"rowIndex": 999}}, "row: 1000, beyond the last requested row of: 999"),
        ({"start": {"columnIndex": 24}}, "column: 26, beyond the last requested column of: 25"),
    ],
)
def test_more_cells_than_there_is_room_for_are_refused(
    sheet: gspread.Spreadsheet, place: Any, message: str
) -> None:
    rows: list[Any] = [{"values": [{}] * 3}, {"values": [{}]}]
    with pytest.raises(APIError, match=f"Attempting to write {message}$"):
        batch(sheet, {"updateCells": {**place, "rows": rows, "fields": "userEnteredValue"}})


@pytest.mark.parametrize(("kind", "index"), [("row", 1000), ("column", 26)])
def test_a_start_outside_of_the_grid_is_refused(
    sheet: gspread.Spreadsheet, kind: str, index: int
) -> None:
    write_none = {"start": {f"{kind}Index": index}, "rows": [], "fields": "userEnteredValue"}
    message = rf"GridCoordinate.{kind}Index\[{index}\] is after last {kind} in grid\[0\]"
    with pytest.raises(APIError, match=message):
        batch(sheet, {"updateCells": write_none})


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ({"startRowIndex": 999}, None),
        ({"startRowIndex": 999, "endRowIndex": 1003}, None),
        ({"startRowIndex": 3, "endRowIndex": 3}, None),
        ({"startRowIndex": 1000}, "A1001:B"),
        ({"startRowIndex": 1005, "endRowIndex": 1006}, "A1006:B1006"),
        ({"endRowIndex": 2, "startColumnIndex": 26, "endColumnIndex": 27}, "AA1:AA2"),
        ({"endRowIndex": 2, "startColumnIndex": 26, "endColumnIndex": None}, "AA1:2"),
    ],
)
def test_only_a_range_that_starts_outside_of_the_grid_is_refused(
    google: GoogleServer, sheet: gspread.Spreadsheet, block: Any, name: str | None
) -> None:
    google.spreadsheet.tabs[0].title = "Week"
    given = {"sheetId": 0, "endColumnIndex": 2, **block}
    grid_range = {key: index for key, index in given.items() if index is not None}
    request = {"repeatCell": {"range": grid_range, "fields": "userEnteredValue"}}
    if name is None:
        batch(sheet, request)
    else:
        with pytest.raises(APIError, match=rf"Range \(Week!{name}\) exceeds grid limits\."):
            batch(sheet, request)


def test_find_and_replace_counts(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    google.spreadsheet.tab("Отчёт").put("A1", [["aXa", "x"], ["b", 5]])
    [reply] = batch(sheet, {"findReplace": {"find": "x", "replacement": "-", "sheetId": 0}})
    assert reply["findReplace"]["occurrencesChanged"] == 2
    [reply] = batch(sheet, {"findReplace": {"find": "x", "replacement": "", "sheetId": 0}})
    assert reply == {"findReplace": {}}
    assert google.spreadsheet.tab("Отчёт").rows() == [["a-a", "-"], ["b", 5]]
