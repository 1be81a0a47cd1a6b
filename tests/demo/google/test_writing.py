"""Batches of the emulated Google: what they do, and what Google refuses of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.spreadsheet import Formula
from tests.demo.google.conftest import DAY, SERIAL, batch, write
from tests.google_faults import ACCOUNT, PROTECTED, GoogleServer, Spreadsheet, Tab

BOLD = {"textFormat": {"bold": True}}
AS_DATE = {"numberFormat": {"type": "DATE"}}


@pytest.fixture
def tab(google: GoogleServer) -> Tab:
    return google.spreadsheet.tabs[0]


def cells(fields: str, cell: Any, **place: Any) -> Any:
    rows = [{"values": [cell]}]
    one = {"startRowIndex": 0, "endRowIndex": 1, "endColumnIndex": 1}
    return {"updateCells": {"range": {**one, **place}, "rows": rows, "fields": fields}}


def repeat(fields: str, rows: tuple[int, int] = (0, 1), **cell_format: Any) -> Any:
    start, end = rows
    block = {"sheetId": 0, "startRowIndex": start, "endRowIndex": end, "endColumnIndex": 1}
    cell = {"userEnteredFormat": cell_format}
    return {"repeatCell": {"range": block, "cell": cell, "fields": fields}}


def insert(start: int, *, like_before: bool = False, dimension: str = "ROWS") -> Any:
    place = {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": start + 1}
    return {"insertDimension": {"range": place, "inheritFromBefore": like_before}}


def append() -> Any:
    return {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 1}}


def freeze(rows: int, sheet_id: int = 0) -> Any:
    properties = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": rows}}
    fields = "gridProperties.frozenRowCount"
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}


def widen(end: int = 1) -> Any:
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": end}
    width = {"range": columns, "properties": {"pixelSize": 9}, "fields": "pixelSize"}
    return {"updateDimensionProperties": width}


def add(title: str, sheet_id: int = 7) -> Any:
    size = {"rowCount": 10, "columnCount": 5}
    properties = {"sheetId": sheet_id, "title": title, "gridProperties": size}
    return {"addSheet": {"properties": properties}}


def column(number: int, **overrides: Any) -> Any:
    place = {"startRowIndex": 0, "startColumnIndex": number, "endColumnIndex": number + 1}
    return {"sourceRange": {"sources": [{"sheetId": 0, **place, **overrides}]}}


def spec(**overrides: Any) -> Any:
    domains, series = [{"domain": column(0)}], [{"series": column(1), "type": "LINE"}]
    return {"basicChart": {"domains": domains, "series": series}, **overrides}


def chart(**overrides: Any) -> Any:
    position = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 1, "columnIndex": 8}}}
    return {
        "addChart": {"chart": {"chartId": 77, "spec": spec(), "position": position, **overrides}}
    }


def shown_chart(sheet: gspread.Spreadsheet) -> Any:
    [found] = [
        one for tab in sheet.fetch_sheet_metadata()["sheets"] for one in tab.get("charts", [])
    ]
    return found


def shown_end(sheet: gspread.Spreadsheet) -> Any:
    [domain] = shown_chart(sheet)["spec"]["basicChart"]["domains"]
    return domain["domain"]["sourceRange"]["sources"][0]["endRowIndex"]


def test_a_batch_is_all_or_nothing(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    before = google.spreadsheet.snapshot()
    with pytest.raises(APIError, match=r"Invalid requests\[2\]\.updateCells: "):
        batch(sheet, insert(0), write("x"), write("y", row=5000))
    assert google.spreadsheet.snapshot() == before
    assert google.writes == 0


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"explode": {}}, "explode"),
        ({"addSheet": {"properties": {}, "extra": 1}}, "extra"),
        (cells("userEnteredValu", {}), "Invalid field"),
        (cells("userEnteredValue", {}, sheetId=9), "No grid with id: 9"),
        (cells("userEnteredValue", {}, endColumnIndex=0), "Attempting to write beyond"),
        (repeat("userEnteredFormat.textFormat", rows=(1000, 1003)), "exceeds grid limits"),
        (write(True), "Invalid value"),
        (insert(1000), r"must be less than the grid size \(1000\)"),
        (insert(0, like_before=True), "must be less than the grid size"),
        (freeze(1000), "You can't freeze all visible rows on the sheet."),
        (widen(27), "up to 27 do not exist"),
        (add("it'S"), "already exists"),
        (add("x", sheet_id=0), "already exists"),
        (
            chart(position={"overlayPosition": {"anchorCell": {"rowIndex": 0, "columnIndex": 26}}}),
            "exceeds grid limits",
        ),
        ({"updateChartSpec": {"chartId": 78, "spec": spec()}}, "No chart with id: 78"),
    ],
)
def test_what_google_refuses(sheet: gspread.Spreadsheet, request_: Any, message: str) -> None:
    with pytest.raises(APIError, match=message) as refused:
        batch(sheet, request_)
    assert refused.value.response.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_the_mask_decides_what_is_written(tab: Tab, sheet: gspread.Spreadsheet) -> None:
    value, number_format = "userEnteredValue", "userEnteredFormat.numberFormat"
    cell = {value: {"numberValue": SERIAL}, "userEnteredFormat": AS_DATE | BOLD}
    batch(sheet, cells(value, cell))
    assert tab.rows() == [[SERIAL]]
    batch(sheet, cells(number_format, cell))
    assert (tab.rows(), tab.cell(0, 0).style) == ([[DAY]], {})
    batch(sheet, repeat("userEnteredFormat.textFormat", **BOLD), write(SERIAL + 1))
    assert (tab.rows(), tab.cell(0, 0).style) == ([[DAY + timedelta(days=1)]], BOLD)
    batch(sheet, repeat("userEnteredFormat.textFormat,userEnteredFormat.numberFormat"))
    assert (tab.cell(0, 0).number_format, tab.cell(0, 0).style) == (None, {})


def test_a_range_clears_what_has_no_data(tab: Tab, sheet: gspread.Spreadsheet) -> None:
    tab.put("A1", [["a", "b"], ["c", "d"], ["e", "f"]])
    cell = {"userEnteredValue": {"stringValue": "new"}}
    batch(sheet, cells("userEnteredValue", cell, endRowIndex=2, endColumnIndex=2))
    assert tab.rows() == [["new", None], [None, None], ["e", "f"]]


def test_inserted_rows_push_down_and_inherit_the_format(
    tab: Tab, sheet: gspread.Spreadsheet
) -> None:
    tab.put("A1", [["head"], [DAY], ["below"]])
    batch(sheet, insert(2, like_before=True), write(SERIAL + 1, row=2))
    assert tab.rows() == [["head"], [DAY], [DAY + timedelta(days=1)], ["below"]]
    batch(sheet, insert(1001, like_before=True), append())
    assert (tab.row_count, tab.column_count) == (1002, 27)


def test_find_and_replace(tab: Tab, sheet: gspread.Spreadsheet) -> None:
    tab.put("A1", [["axa", "x"], ["b", 5]])
    batch(sheet, {"findReplace": {"find": "x", "replacement": "", "sheetId": 0}})
    assert tab.rows() == [["aa", None], ["b", 5]]


def test_a_tab_is_added_frozen_and_marked(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    mark = {"metadataKey": "k", "location": {"sheetId": 7}, "visibility": "DOCUMENT"}
    marking = {"createDeveloperMetadata": {"developerMetadata": mark}}
    batch(sheet, add("Новый"), freeze(1, sheet_id=7), marking)
    tab = google.spreadsheet.tabs[-1]
    assert (tab.title, tab.row_count, tab.column_count, tab.frozen_row_count) == ("Новый", 10, 5, 1)
    shown = sheet.fetch_sheet_metadata()["sheets"][-1]
    assert shown["developerMetadata"][0]["metadataKey"] == "k"


def test_a_part_of_merged_cells_is_not_frozen(tab: Tab, sheet: gspread.Spreadsheet) -> None:
    tab.merges.append(tab.select("A2:B3"))
    batch(sheet, freeze(1))
    with pytest.raises(APIError, match="contain only part of a merged cell"):
        batch(sheet, freeze(2))


def test_a_chart_is_added_once_with_ranges_that_end_where_the_grid_ended(
    sheet: gspread.Spreadsheet,
) -> None:
    batch(sheet, chart(), insert(1000, like_before=True))
    assert shown_end(sheet) == 1000
    with pytest.raises(APIError, match="77 already exists"):
        batch(sheet, chart())


@pytest.mark.parametrize(("start", "end"), [(0, 1001), (1, 1001), (999, 1001), (1000, 1000)])
def test_a_chart_grows_by_rows_inside_of_its_ranges(
    sheet: gspread.Spreadsheet, start: int, end: int
) -> None:
    batch(sheet, chart(position={"newSheet": True}))
    batch(sheet, insert(start, like_before=start > 0))
    assert shown_end(sheet) == end


def test_a_chart_moves_with_columns(sheet: gspread.Spreadsheet) -> None:
    batch(sheet, chart(), insert(1, dimension="COLUMNS"))
    [series] = shown_chart(sheet)["spec"]["basicChart"]["series"]
    assert series["series"]["sourceRange"]["sources"][0]["startColumnIndex"] == 2
    anchor = shown_chart(sheet)["position"]["overlayPosition"]["anchorCell"]
    assert anchor == {"rowIndex": 1, "columnIndex": 9}


def test_another_spec_of_a_chart_replaces_the_whole(sheet: gspread.Spreadsheet) -> None:
    batch(sheet, chart(spec=spec(title="a", subtitle="b")))
    before = shown_chart(sheet)["spec"]
    batch(sheet, {"updateChartSpec": {"chartId": 77, "spec": before}})
    assert shown_chart(sheet)["spec"] == before
    batch(sheet, {"updateChartSpec": {"chartId": 77, "spec": spec(title="c")}})
    after = shown_chart(sheet)["spec"]
    assert (after["title"], "subtitle" in after) == ("c", False)


def test_only_editors_see_that_they_may_edit(sheet: gspread.Spreadsheet, tab: Tab) -> None:
    tab.protect("A1:B2", editors=["teacher@example.org"])
    tab.protect("A1:B2", editors=[ACCOUNT])
    tab.protect(warningOnly=True)
    theirs, ours, warning = sheet.fetch_sheet_metadata()["sheets"][0]["protectedRanges"]
    assert {*theirs} == {"range"}
    assert [one["requestingUserCanEdit"] for one in (ours, warning)] == [True, True]
    assert warning["range"] == {}


WHOLE: list[Any] = [insert(0), append(), freeze(1), widen(), chart()]


@pytest.mark.parametrize(
    ("protection", "refused", "accepted"),
    [
        (
            {"block": "A1:B2"},
            [write("x", 1), repeat("userEnteredFormat.textFormat")],
            [write("x", 2), *WHOLE],
        ),
        ({}, [write("x", 2), *WHOLE], []),
        ({"warningOnly": True}, [], [write("x"), *WHOLE]),
        ({"editors": [ACCOUNT]}, [], WHOLE),
    ],
    ids=["a block", "a tab", "a warning", "an editor"],
)
def test_protected_cells_are_edited_by_their_editors_alone(
    sheet: gspread.Spreadsheet, tab: Tab, protection: Any, refused: list[Any], accepted: list[Any]
) -> None:
    tab.protect(**protection)
    for request in refused:
        with pytest.raises(APIError) as error:
            batch(sheet, request)
        assert PROTECTED in str(error.value)
    if accepted:
        batch(sheet, *accepted)


def test_snapshots_keep_truth_values_from_numbers_and_formulas_from_text() -> None:
    def snapshot(value: Any) -> object:
        book = Spreadsheet()
        book.tabs[0].put("A1", [[value]])
        return book.snapshot()

    assert snapshot(True) != snapshot(1)
    assert snapshot("=1") != snapshot(Formula("=1"))
    assert snapshot(DAY) != snapshot(SERIAL)
