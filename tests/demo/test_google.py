"""What the emulated Google knows of the real one; how it fails, the reporter's tests see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.google_faults import API, OPTIONS, Formula, GoogleServer, Spreadsheet, Status, Tab


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer(spreadsheet=Spreadsheet(titles=["Отчёт", "It's"])) as server:
        yield server


@pytest.fixture
def tab(google: GoogleServer) -> Tab:
    return google.spreadsheet.tabs[0]


def batch(google: GoogleServer, *requests: Any) -> None:
    target = f"{API}{google.spreadsheet_id}:batchUpdate"
    google.apply("POST", target, {"requests": list(requests)})


def refusal(google: GoogleServer, *requests: Any) -> str:
    with pytest.raises(Status) as refused:
        batch(google, *requests)
    assert refused.value.google_status == "INVALID_ARGUMENT"
    return refused.value.message


def cells(fields: str, cell: Any, **place: Any) -> Any:
    one = {"startRowIndex": 0, "endRowIndex": 1, "endColumnIndex": 1, **place}
    return {"updateCells": {"range": one, "rows": [{"values": [cell]}], "fields": fields}}


def write(value: object, row: int = 0) -> Any:
    kind = "numberValue" if isinstance(value, int | float) else "stringValue"
    cell = {"userEnteredValue": {kind: value}}
    return cells("userEnteredValue", cell, startRowIndex=row, endRowIndex=row + 1)


def repeat(fields: str, rows: tuple[int, int] = (0, 1), **cell_format: Any) -> Any:
    start, end = rows
    block = {"sheetId": 0, "startRowIndex": start, "endRowIndex": end, "endColumnIndex": 1}
    cell = {"userEnteredFormat": cell_format}
    return {"repeatCell": {"range": block, "cell": cell, "fields": fields}}


def insert(start: int, *, like_before: bool = False) -> Any:
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": start + 1}
    return {"insertDimension": {"range": place, "inheritFromBefore": like_before}}


def freeze(rows: int) -> Any:
    properties = {"sheetId": 0, "gridProperties": {"frozenRowCount": rows}}
    fields = "gridProperties.frozenRowCount"
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}


def widen(end: int = 1) -> Any:
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": end}
    width = {"range": columns, "properties": {"pixelSize": 9}, "fields": "pixelSize"}
    return {"updateDimensionProperties": width}


def column(number: int) -> Any:
    place = {"startRowIndex": 0, "startColumnIndex": number, "endColumnIndex": number + 1}
    return {"sourceRange": {"sources": [{"sheetId": 0, **place}]}}


def spec(**overrides: Any) -> Any:
    domains, series = [{"domain": column(0)}], [{"series": column(1), "type": "LINE"}]
    return {"basicChart": {"domains": domains, "series": series}, **overrides}


def chart(column_index: int = 8) -> Any:
    anchor = {"sheetId": 0, "rowIndex": 1, "columnIndex": column_index}
    position = {"overlayPosition": {"anchorCell": anchor}}
    return {"addChart": {"chart": {"chartId": 77, "spec": spec(), "position": position}}}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"explode": {}}, "explode"),
        ({"addSheet": {"properties": {}, "extra": 1}}, "extra"),
        (cells("userEnteredValue", {}, endColumnIndex=0), "Attempting to write beyond"),
        (repeat("userEnteredFormat.textFormat", rows=(1000, 1003)), "exceeds grid limits"),
        (write(True), "Invalid value"),
        (insert(1000), "must be less than the grid size (1000)"),
        (insert(0, like_before=True), "must be less than the grid size"),
        (freeze(1000), "You can't freeze all visible rows on the sheet."),
        (widen(27), "up to 27 do not exist"),
        (chart(column_index=26), "exceeds grid limits"),
        ({"updateChartSpec": {"chartId": 78, "spec": spec()}}, "No chart with id: 78"),
    ],
)
def test_what_google_refuses(google: GoogleServer, request_: Any, message: str) -> None:
    assert message in refusal(google, request_)


@pytest.mark.parametrize(
    ("ranges", "options", "message"),
    [
        ("'Nope'!A1:B2", {}, "Unable to parse range: 'Nope'!A1:B2"),
        ("A1:B2", {}, "Unable to parse range: A1:B2"),
        ("'It''s'!A1001:A1002", {}, "exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("'Отчёт'!A1:B2", {"valueRenderOption": ["FORMATTED_VALUE"]}, "are emulated"),
    ],
)
def test_what_cannot_be_read_is_refused(
    google: GoogleServer, ranges: str, options: Any, message: str
) -> None:
    query = urlencode({"ranges": ranges} | OPTIONS | options, doseq=True)
    with pytest.raises(Status) as refused:
        google.apply("GET", f"{API}{google.spreadsheet_id}/values:batchGet?{query}", None)
    assert message in refused.value.message


@pytest.mark.parametrize(("start", "end"), [(0, 1001), (1, 1001), (999, 1001), (1000, 1000)])
def test_a_chart_is_added_once_and_grows_by_rows_inside_of_its_ranges(
    google: GoogleServer, tab: Tab, start: int, end: int
) -> None:
    batch(google, chart())
    assert "77 already exists" in refusal(google, chart())
    batch(google, insert(start, like_before=start > 0))
    [domain] = tab.charts[77]["spec"]["basicChart"]["domains"]
    assert domain["domain"]["sourceRange"]["sources"][0]["endRowIndex"] == end


def test_another_spec_of_a_chart_replaces_the_whole(google: GoogleServer, tab: Tab) -> None:
    batch(google, chart(), {"updateChartSpec": {"chartId": 77, "spec": spec(subtitle="b")}})
    batch(google, {"updateChartSpec": {"chartId": 77, "spec": spec(title="c")}})
    assert {*tab.charts[77]["spec"]} == {"basicChart", "title"}


def test_snapshots_keep_truth_values_from_numbers_and_formulas_from_text() -> None:
    def snapshot(value: Any) -> object:
        book = Spreadsheet()
        book.tabs[0].put("A1", [[value]])
        return book.snapshot()

    assert snapshot(True) != snapshot(1)
    assert snapshot("=1") != snapshot(Formula("=1"))
    assert snapshot(date(2025, 12, 1)) != snapshot(45992)
