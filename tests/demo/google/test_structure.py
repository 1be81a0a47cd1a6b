"""Requests that change rows, columns and tabs of the emulated Google, and its snapshots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

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


@pytest.mark.parametrize(("rows", "message"), [(1, None), (1000, "freeze all visible rows")])
def test_some_rows_are_frozen_but_not_all(
    google: GoogleServer, sheet: gspread.Spreadsheet, rows: int, message: str | None
) -> None:
    frozen = {"sheetId": 0, "gridProperties": {"frozenRowCount": rows}}
    request = {"properties": frozen, "fields": "gridProperties.frozenRowCount"}
    if message:
        with pytest.raises(APIError, match=message):
            batch(sheet, {"updateSheetProperties": request})
    else:
        batch(sheet, {"updateSheetProperties": request})
    assert google.spreadsheet.tabs[0].frozen_row_count == (0 if message else rows)


def test_snapshots_keep_truth_values_from_numbers_and_formulas_from_text() -> None:
    def snapshot(value: Any) -> object:
        book = Spreadsheet()
        book.tabs[0].put("A1", [[value]])
        return book.snapshot()

    assert snapshot(True) != snapshot(1)
    assert snapshot("=1") != snapshot(Formula("=1"))
    assert snapshot(DAY) != snapshot(SERIAL)
    assert snapshot(1) == snapshot(1.0)
