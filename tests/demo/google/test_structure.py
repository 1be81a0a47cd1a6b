"""Requests that change rows, columns and tabs of the emulated Google, and its snapshots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.people import merge
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Formula, Spreadsheet
from tests.demo.google.conftest import DAY, SERIAL, batch, write


def insert(dimension: str, start: int, **options: Any) -> dict[str, Any]:
    span = {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": start + 1}
    return {"insertDimension": {"range": span, **options}}


def test_inserted_rows_push_down_and_inherit_the_format(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    tab.put("A1", [["head"], [DAY], ["below"]])
    batch(sheet, insert("ROWS", 2, inheritFromBefore=True), write(SERIAL + 1, row=2))
    assert tab.rows() == [["head"], [DAY], [DAY + timedelta(days=1)], ["below"]]
    assert tab.row_count == 1001


def test_columns_are_inserted_and_appended(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    tab = google.spreadsheet.tab("Отчёт")
    tab.put("A1", [["a", "b"]])
    batch(sheet, insert("COLUMNS", 1))
    assert tab.rows() == [["a", None, "b"]]
    batch(sheet, {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 4}})
    assert tab.column_count == 26 + 1 + 4


def test_a_row_below_the_last_can_only_take_after_the_one_before(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    end = google.spreadsheet.tab("Отчёт").row_count
    with pytest.raises(APIError, match=r"must be less than the grid size \(1000\)"):
        batch(sheet, insert("ROWS", end))
    batch(sheet, insert("ROWS", end, inheritFromBefore=True))
    assert google.spreadsheet.tab("Отчёт").row_count == end + 1


def test_a_tab_is_added_with_its_size(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    size = {"rowCount": 10, "columnCount": 5}
    properties = {"sheetId": 7, "title": "Новый", "gridProperties": size}
    [reply] = batch(sheet, {"addSheet": {"properties": properties}})
    assert reply["addSheet"]["properties"] == {**properties, "index": 2, "sheetType": "GRID"}
    tab = google.spreadsheet.tab("новый")
    assert (tab.sheet_id, tab.row_count, tab.column_count) == (7, 10, 5)


def change_tab(fields: str, sheet_id: int = 0, **properties: Any) -> dict[str, Any]:
    given = {"sheetId": sheet_id, **properties}
    return {"updateSheetProperties": {"properties": given, "fields": fields}}


def freeze(rows: int, sheet_id: int = 0) -> dict[str, Any]:
    grid = {"frozenRowCount": rows}
    return change_tab("gridProperties.frozenRowCount", sheet_id, gridProperties=grid)


def test_some_rows_are_frozen(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    batch(sheet, freeze(1))
    assert google.spreadsheet.tabs[0].frozen_row_count == 1


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (freeze(1000), "You can't freeze all visible rows on the sheet."),
        (freeze(2), "You can't freeze rows which contain only part of a merged cell."),
        (freeze(1, sheet_id=99), "No sheet with id: 99"),
        (change_tab("title", title="x"), "Invalid field: title"),
    ],
)
def test_what_cannot_be_of_a_tab_is_refused(
    google: GoogleServer, sheet: gspread.Spreadsheet, request_: Any, message: str
) -> None:
    merge(google.spreadsheet.tabs[0], "A2:B3")
    with pytest.raises(APIError, match=rf"Invalid requests\[0\].updateSheetProperties: {message}$"):
        batch(sheet, request_)


@pytest.mark.parametrize(("index", "order"), [(0, "abc"), (1, "abc"), (2, "bac"), (3, "bca")])
def test_a_tabs_place_counts_before_its_move(index: int, order: str) -> None:
    with GoogleServer(spreadsheet=Spreadsheet(titles="abc")) as google:
        path = f"/v4/spreadsheets/{google.spreadsheet_id}:batchUpdate"
        google.apply("POST", path, {"requests": [change_tab("index", index=index)]})
        assert [tab.title for tab in google.spreadsheet.tabs] == [*order]


def add(title: str, sheet_id: int = 7) -> dict[str, Any]:
    size = {"rowCount": 10, "columnCount": 5}
    properties = {"sheetId": sheet_id, "title": title, "gridProperties": size}
    return {"addSheet": {"properties": properties}}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (add(""), "The sheet name cannot be empty."),
        (add("x" * 101), "The sheet name cannot be greater than 100 characters."),
        (add("x", sheet_id=0), "Sheet with id 0 already exists."),
    ],
)
def test_a_tab_that_cannot_be_is_refused(
    sheet: gspread.Spreadsheet, request_: Any, message: str
) -> None:
    with pytest.raises(APIError, match=rf"Invalid requests\[0\].addSheet: {message}$"):
        batch(sheet, request_)
    batch(sheet, add("x" * 100))


def test_snapshots_keep_truth_values_from_numbers_and_formulas_from_text() -> None:
    def snapshot(value: Any) -> object:
        book = Spreadsheet()
        book.tabs[0].put("A1", [[value]])
        return book.snapshot()

    assert snapshot(True) != snapshot(1)
    assert snapshot("=1") != snapshot(Formula("=1"))
    assert snapshot(DAY) != snapshot(SERIAL)
    assert snapshot(1) == snapshot(1.0)
