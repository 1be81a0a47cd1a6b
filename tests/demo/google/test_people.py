"""What people did to a spreadsheet, as the emulated Google shows it, and what it then refuses."""

from __future__ import annotations

import re
from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google import people
from etl.demo.google.limits import PROTECTED, TYPED
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from tests.demo.google.conftest import batch, write
from tests.demo.google.test_charts import chart
from tests.demo.google.test_structure import freeze

CORNER = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
AS_DATE = {"userEnteredFormat": {"numberFormat": {"type": "DATE"}}}


def first(sheet: gspread.Spreadsheet) -> Any:
    return sheet.fetch_sheet_metadata()["sheets"][0]


def span(dimension: str, start: int) -> dict[str, Any]:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": start + 1}


def insert(start: int) -> dict[str, Any]:
    return {"insertDimension": {"range": span("ROWS", start)}}


def append() -> dict[str, Any]:
    return {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}}


def replace(text: str) -> dict[str, Any]:
    return {"findReplace": {"find": text, "sheetId": 0}}


def widen() -> dict[str, Any]:
    width = {"properties": {"pixelSize": 9}, "fields": "pixelSize"}
    return {"updateDimensionProperties": {"range": span("COLUMNS", 0), **width}}


def repeat(row: int, mask: str, cell: Any) -> dict[str, Any]:
    place = {"startRowIndex": row, "endRowIndex": row + 1, "endColumnIndex": 1}
    return {"repeatCell": {"range": {"sheetId": 0, **place}, "cell": cell, "fields": mask}}


@pytest.fixture
def tab(google: GoogleServer) -> Tab:
    return google.spreadsheet.tabs[0]


def test_merges_keep_one_value_are_shown_and_grow(sheet: gspread.Spreadsheet, tab: Tab) -> None:
    tab.put("A1", [["a", "b"], ["c", "d"]])
    people.merge(tab, "A1:B2")
    assert tab.rows() == [["a"]]
    assert first(sheet)["merges"] == [CORNER]
    batch(sheet, insert(1), insert(0))
    assert first(sheet)["merges"] == [CORNER | {"startRowIndex": 1, "endRowIndex": 4}]


def test_filters_and_named_ranges_end_where_the_grid_ended(
    google: GoogleServer, sheet: gspread.Spreadsheet, tab: Tab
) -> None:
    people.filter_rows(tab, "A:B")
    people.name_range(google.spreadsheet, "days", tab, "A1:B")
    batch(sheet, append())
    assert first(sheet)["basicFilter"]["range"] == CORNER | {"endRowIndex": 1000}
    [named] = sheet.fetch_sheet_metadata()["namedRanges"]
    assert (named["name"], named["range"]) == ("days", CORNER | {"endRowIndex": 1000})
    batch(sheet, insert(1))
    [named] = sheet.fetch_sheet_metadata()["namedRanges"]
    assert named["range"] == CORNER | {"endRowIndex": 1001}


def test_rows_of_one_tab_move_nothing_in_another(
    google: GoogleServer, sheet: gspread.Spreadsheet, tab: Tab
) -> None:
    other = google.spreadsheet.tabs[1]
    people.merge(other, "A1:B2")
    before = other.snapshot()
    batch(sheet, insert(1))
    assert other.snapshot() == before


def test_a_hidden_tab_says_so(sheet: gspread.Spreadsheet, tab: Tab) -> None:
    tab.hidden = True
    assert first(sheet)["properties"]["hidden"]
    assert [one.title for one in sheet.worksheets(exclude_hidden=True)] == ["It's"]


def test_only_editors_see_who_may_edit(
    google: GoogleServer, sheet: gspread.Spreadsheet, tab: Tab
) -> None:
    ours = google.service_account["client_email"]
    people.protect(tab, "A1:B2", editors=["teacher@example.org"])
    people.protect(tab, "A1:B2", editors=[ours])
    people.protect(tab, warning_only=True)
    theirs, mine, warning = first(sheet)["protectedRanges"]
    assert theirs == {"protectedRangeId": 1, "range": CORNER}
    assert mine["editors"] == {"users": [ours]}
    assert [one["requestingUserCanEdit"] for one in (mine, warning)] == [True, True]
    assert warning["range"] == {}


@pytest.mark.parametrize(
    ("request_", "is_refused"),
    [
        (write("x", row=1), True),
        (write("x", row=2), False),
        (repeat(1, "userEnteredFormat", {}), True),
        (repeat(2, "userEnteredFormat", {}), False),
        (insert(1), True),
        (insert(0), False),
        (insert(2), False),
        (replace("head"), True),
        (replace("other"), False),
        (append(), False),
        (freeze(1), False),
    ],
)
def test_protected_cells_are_edited_by_their_editors_alone(
    google: GoogleServer, sheet: gspread.Spreadsheet, tab: Tab, request_: Any, is_refused: bool
) -> None:
    tab.put("A1", [["head"], [None], ["other"]])
    people.protect(tab, "A1:B2", editors=["teacher@example.org"])
    if is_refused:
        with pytest.raises(APIError, match=re.escape(PROTECTED)):
            batch(sheet, request_)
        tab.protected_ranges.clear()
        people.protect(tab, "A1:B2", editors=[google.service_account["client_email"]])
        people.protect(tab, "A1:B2", warning_only=True)
    batch(sheet, request_)


@pytest.mark.parametrize(
    "request_",
    [
        write("x", 2),
        insert(0),
        append(),
        freeze(1),
        widen(),
        {"addChart": {"chart": chart(78)}},
        {"updateChartSpec": {"chartId": 77, "spec": chart()["spec"]}},
    ],
    ids=lambda request_: next(iter(request_)),
)
def test_a_protected_tab_is_edited_in_its_holes_alone(
    sheet: gspread.Spreadsheet, tab: Tab, request_: Any
) -> None:
    batch(sheet, {"addChart": {"chart": chart()}})
    people.protect(tab, except_for=["A1:B2"])
    batch(sheet, write("x", row=1))
    with pytest.raises(APIError, match=re.escape(PROTECTED)):
        batch(sheet, request_)


def test_a_table_shows_the_types_of_its_columns(sheet: gspread.Spreadsheet, tab: Tab) -> None:
    tab.put("B1", [["Дата", "Число"]])
    people.make_table(tab, "B1:C9", {"B": "DATE", "C": "DOUBLE"})
    [table] = first(sheet)["tables"]
    columns = {"startColumnIndex": 1, "endColumnIndex": 3}
    assert table["range"] == {"startRowIndex": 0, "endRowIndex": 9, **columns}
    assert table["columnProperties"] == [
        {"columnName": "Дата", "columnType": "DATE"},
        {"columnIndex": 1, "columnName": "Число", "columnType": "DOUBLE"},
    ]


def test_a_typed_column_takes_values_and_no_number_format(
    sheet: gspread.Spreadsheet, tab: Tab
) -> None:
    people.make_table(tab, "A1:C9", {"A": "DATE"})
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    mask = "userEnteredFormat.numberFormat"
    batch(sheet, write(5, row=1), repeat(1, "userEnteredFormat.textFormat", bold))
    batch(sheet, repeat(0, mask, AS_DATE), repeat(9, mask, AS_DATE))
    for request in (repeat(1, mask, AS_DATE), write(5, 1, f"userEnteredValue,{mask}", **AS_DATE)):
        with pytest.raises(APIError, match=TYPED):
            batch(sheet, request)
