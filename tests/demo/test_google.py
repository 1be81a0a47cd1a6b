"""What the emulated Google knows of the real one, asked by the real gspread and google-auth.

How Google fails, every test of the reporter sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import gspread
import pytest
import requests
from google.auth.exceptions import TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient
from gspread.utils import DateTimeOption, ValueRenderOption

from etl.demo.google.spreadsheet import Formula
from tests.google_faults import ACCOUNT, PROTECTED, SCOPE, GoogleServer, Spreadsheet, Tab

DAY = date(2025, 12, 1)
SERIAL = 45992
BOLD = {"textFormat": {"bold": True}}


class LoopbackOnly(Request):
    """Keeps google-auth from looking up the account's region at Google in the background."""

    def __call__(self, url: str, *args: Any, **kwargs: Any) -> Any:
        if not url.startswith("http://127.0.0.1:"):
            raise TransportError(f"not on loopback: {url}")  # type: ignore[no-untyped-call]
        return super().__call__(url, *args, **kwargs)  # type: ignore[no-untyped-call]


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer(spreadsheet=Spreadsheet(titles=["Отчёт", "It's"])) as server:
        yield server


@pytest.fixture
def tab(google: GoogleServer) -> Tab:
    return google.spreadsheet.tabs[0]


@pytest.fixture
def sheet(google: GoogleServer) -> Iterator[gspread.Spreadsheet]:
    class Client(HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
            path = endpoint.removeprefix("https://sheets.googleapis.com")
            return super().request(method, google.url + path, *args, **kwargs)

    credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        google.service_account, scopes=[SCOPE]
    )
    with (
        requests.Session() as token_session,
        AuthorizedSession(  # type: ignore[no-untyped-call]
            credentials, auth_request=LoopbackOnly(token_session)
        ) as session,
    ):
        client = gspread.Client(credentials, session=session, http_client=Client)
        client.set_timeout(5)
        yield client.open_by_key(google.spreadsheet_id)


def batch(sheet: gspread.Spreadsheet, *requests: Any) -> None:
    sheet.batch_update({"requests": list(requests)})


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


def append() -> Any:
    return {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 1}}


def freeze(rows: int) -> Any:
    properties = {"sheetId": 0, "gridProperties": {"frozenRowCount": rows}}
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


def shown_spec(sheet: gspread.Spreadsheet) -> Any:
    [shown] = sheet.fetch_sheet_metadata()["sheets"][0]["charts"]
    return shown["spec"]


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
        (chart(column_index=26), "exceeds grid limits"),
        ({"updateChartSpec": {"chartId": 78, "spec": spec()}}, "No chart with id: 78"),
    ],
)
def test_what_google_refuses(sheet: gspread.Spreadsheet, request_: Any, message: str) -> None:
    with pytest.raises(APIError, match=message) as refused:
        batch(sheet, request_)
    assert refused.value.response.json()["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("ranges", "options", "message"),
    [
        ("'Nope'!A1:B2", {}, "Unable to parse range: 'Nope'!A1:B2"),
        ("A1:B2", {}, "Unable to parse range: A1:B2"),
        ("'It''s'!A1001:A1002", {}, "exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("'Отчёт'!A1:B2", {"valueRenderOption": "FORMATTED_VALUE"}, "are emulated"),
    ],
)
def test_what_cannot_be_read_is_refused(
    sheet: gspread.Spreadsheet, ranges: str, options: Any, message: str
) -> None:
    raw = {
        "valueRenderOption": ValueRenderOption.unformatted,
        "dateTimeRenderOption": DateTimeOption.serial_number,
    }
    with pytest.raises(APIError, match=message):
        sheet.values_batch_get([ranges], raw | options)


def test_the_mask_decides_what_is_written(tab: Tab, sheet: gspread.Spreadsheet) -> None:
    value, number_format = "userEnteredValue", "userEnteredFormat.numberFormat"
    as_date = {"numberFormat": {"type": "DATE"}}
    cell = {value: {"numberValue": SERIAL}, "userEnteredFormat": as_date | BOLD}
    batch(sheet, cells(value, cell))
    assert tab.rows() == [[SERIAL]]
    batch(sheet, cells(number_format, cell))
    assert (tab.rows(), tab.cell(0, 0).style) == ([[DAY]], {})
    batch(sheet, repeat("userEnteredFormat.textFormat", **BOLD), write(SERIAL + 1))
    assert (tab.rows(), tab.cell(0, 0).style) == ([[DAY + timedelta(days=1)]], BOLD)


def test_inserted_rows_push_down_and_inherit_the_format(
    tab: Tab, sheet: gspread.Spreadsheet
) -> None:
    tab.put("A1", [["head"], [DAY], ["below"]])
    batch(sheet, insert(2, like_before=True), write(SERIAL + 1, row=2))
    assert tab.rows() == [["head"], [DAY], [DAY + timedelta(days=1)], ["below"]]
    batch(sheet, insert(1001, like_before=True), append())
    assert (tab.row_count, tab.column_count) == (1002, 27)


@pytest.mark.parametrize(("start", "end"), [(0, 1001), (1, 1001), (999, 1001), (1000, 1000)])
def test_a_chart_is_added_once_and_grows_by_rows_inside_of_its_ranges(
    sheet: gspread.Spreadsheet, start: int, end: int
) -> None:
    batch(sheet, chart())
    with pytest.raises(APIError, match="77 already exists"):
        batch(sheet, chart())
    batch(sheet, insert(start, like_before=start > 0))
    [domain] = shown_spec(sheet)["basicChart"]["domains"]
    assert domain["domain"]["sourceRange"]["sources"][0]["endRowIndex"] == end


def test_another_spec_of_a_chart_replaces_the_whole(sheet: gspread.Spreadsheet) -> None:
    batch(sheet, chart(), {"updateChartSpec": {"chartId": 77, "spec": spec(subtitle="b")}})
    batch(sheet, {"updateChartSpec": {"chartId": 77, "spec": spec(title="c")}})
    assert (shown_spec(sheet)["title"], "subtitle" in shown_spec(sheet)) == ("c", False)


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
