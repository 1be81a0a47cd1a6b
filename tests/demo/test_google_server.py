"""The emulated Google answers the real gspread and google-auth as Google does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import gspread
import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials
from gspread.exceptions import APIError, SpreadsheetNotFound
from gspread.http_client import HTTPClient
from gspread.urls import SPREADSHEETS_API_V4_BASE_URL
from gspread.utils import DateTimeOption, ValueRenderOption

from etl.demo.google.behaviours import AnswerLost, Hang, Status
from etl.demo.google.oauth import SCOPE
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Formula, Spreadsheet

TOO_MANY = Status(429, "RESOURCE_EXHAUSTED", "Quota exceeded", headers=(("Retry-After", "7"),))
DAY = date(2025, 12, 1)
SERIAL = 45992


class LoopbackOnly(Request):
    """google-auth looks up the account's region at Google behind the scenes; not from a test."""

    def __call__(self, url: str, *args: Any, **kwargs: Any) -> Any:
        if not url.startswith("http://127.0.0.1:"):
            raise TransportError(f"not on loopback: {url}")  # type: ignore[no-untyped-call]
        return super().__call__(url, *args, **kwargs)  # type: ignore[no-untyped-call]


class Browser:
    """gspread's client of one server, with the sessions that it must close."""

    def __init__(self, google: GoogleServer, scope: str = SCOPE) -> None:
        class Client(HTTPClient):
            def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
                path = endpoint.removeprefix("https://sheets.googleapis.com")
                return super().request(method, google.url + path, *args, **kwargs)

        self.token_session = requests.Session()
        credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            google.service_account, scopes=[scope]
        )
        self.session = AuthorizedSession(  # type: ignore[no-untyped-call]
            credentials, auth_request=LoopbackOnly(self.token_session)
        )
        self.client = gspread.Client(credentials, session=self.session, http_client=Client)
        self.client.set_timeout(5)
        self.google = google

    def open(self) -> gspread.Spreadsheet:
        return self.client.open_by_key(self.google.spreadsheet_id)

    def close(self) -> None:
        self.session.close()  # type: ignore[no-untyped-call]
        self.token_session.close()


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer(spreadsheet=Spreadsheet(titles=["Отчёт", "It's"])) as server:
        yield server


@pytest.fixture
def browser(google: GoogleServer) -> Iterator[Browser]:
    browser = Browser(google)
    yield browser
    browser.close()


@pytest.fixture
def sheet(browser: Browser) -> gspread.Spreadsheet:
    return browser.open()


def write(value: object, row: int = 0, fields: str = "userEnteredValue", **data: Any) -> Any:
    kind = "numberValue" if isinstance(value, int | float) else "stringValue"
    cell = {"userEnteredValue": {kind: value}} | data
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": fields}}


def batch(sheet: gspread.Spreadsheet, *requests: Any) -> Any:
    return sheet.batch_update({"requests": list(requests)})["replies"]


class TestAuthorisation:
    def test_a_signed_key_opens_the_spreadsheet(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        assert [tab.title for tab in sheet.worksheets()] == ["Отчёт", "It's"]
        assert google.calls[0].path == "/token"

    def test_another_key_is_refused(self, google: GoogleServer) -> None:
        with GoogleServer() as other:
            google.service_account["private_key"] = other.service_account["private_key"]
        browser = Browser(google)
        with pytest.raises(RefreshError, match=r"invalid_grant: Invalid JWT Signature\."):
            browser.open()
        browser.close()

    def test_a_revoked_key_is_refused(self, google: GoogleServer, browser: Browser) -> None:
        google.revoke_key()
        with pytest.raises(RefreshError, match=r"invalid_grant: Invalid JWT Signature\."):
            browser.open()

    @pytest.mark.parametrize("skew", [timedelta(hours=2), timedelta(hours=-2)])
    def test_a_skewed_clock_is_refused(
        self, google: GoogleServer, browser: Browser, skew: timedelta
    ) -> None:
        google.clock_skew = skew
        with pytest.raises(RefreshError, match="short-lived token"):
            browser.open()

    def test_another_scope_is_refused(self, google: GoogleServer) -> None:
        browser = Browser(google, scope="https://www.googleapis.com/auth/drive")
        with pytest.raises(RefreshError, match="invalid_scope"):
            browser.open()
        browser.close()

    def test_a_call_without_a_token_is_refused(self, google: GoogleServer) -> None:
        url = f"{google.url}/v4/spreadsheets/{google.spreadsheet_id}"
        answer = requests.get(url, headers={"Authorization": "Bearer made-up"}, timeout=5)
        assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


class TestMetadata:
    def test_tells_the_grid_of_every_tab(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.spreadsheet.tab("It's").frozen_row_count = 1
        first, second = sheet.fetch_sheet_metadata()["sheets"]
        assert first["properties"] == {
            "sheetId": 0,
            "title": "Отчёт",
            "index": 0,
            "sheetType": "GRID",
            "gridProperties": {"rowCount": 1000, "columnCount": 26},
        }
        assert second["properties"]["gridProperties"]["frozenRowCount"] == 1
        assert "data" not in first
        assert "charts" not in first

    def test_an_unknown_spreadsheet_is_not_found(self, browser: Browser) -> None:
        with pytest.raises(SpreadsheetNotFound):
            browser.client.open_by_key("no-such-spreadsheet")

    def test_gspread_finds_the_locale_and_the_frozen_rows(self, sheet: gspread.Spreadsheet) -> None:
        sheet.sheet1.freeze(rows=1)
        assert (sheet.locale, sheet.sheet1.frozen_row_count) == ("ru_RU", 1)


class TestRendering:
    @pytest.mark.parametrize(
        ("locale", "shown"),
        [("ru_RU", ["01.12.2025", "45,5"]), ("en_US", ["12/1/2025", "45.5"])],
    )
    def test_follows_the_locale(
        self, google: GoogleServer, sheet: gspread.Spreadsheet, locale: str, shown: Any
    ) -> None:
        google.spreadsheet.locale = locale
        google.spreadsheet.tab("Отчёт").put("A1", [[DAY, 45.5]])
        assert sheet.sheet1.get("A1:B1") == [shown]

    def test_unformatted_values_are_serials_and_numbers(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.spreadsheet.tab("Отчёт").put("A1", [[DAY, 45.5, 2.0, True, "x"]])
        values = sheet.sheet1.get(value_render_option=ValueRenderOption.unformatted)
        assert values == [[SERIAL, 45.5, 2, True, "x"]]

    def test_unformatted_dates_can_be_asked_for_as_text(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
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
        self, google: GoogleServer, sheet: gspread.Spreadsheet, pattern: str, shown: Any
    ) -> None:
        google.spreadsheet.locale = "en_US"
        number_format = {"type": "DATE", "pattern": pattern}
        batch(
            sheet,
            write(SERIAL, fields="*", userEnteredFormat={"numberFormat": number_format}),
        )
        assert sheet.sheet1.acell("A1").value == shown

    def test_trailing_blanks_are_left_out(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
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
        self,
        google: GoogleServer,
        sheet: gspread.Spreadsheet,
        name: str,
        values: list[list[object]],
    ) -> None:
        google.spreadsheet.tab("Отчёт").put("A1", [["first tab"]])
        google.spreadsheet.tab("It's").put("A1", [["a", "b"], ["c", "d"]])
        assert sheet.values_get(name)["values"] == values
        assert sheet.values_batch_get([name])["valueRanges"][0]["values"] == values

    def test_an_unknown_tab_cannot_be_parsed(self, sheet: gspread.Spreadsheet) -> None:
        with pytest.raises(APIError, match=r"Unable to parse range: 'Nope'!A1"):
            sheet.values_get("'Nope'!A1")


class TestEntering:
    def test_raw_text_stays_text(self, google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
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
        self, google: GoogleServer, sheet: gspread.Spreadsheet, locale: str, typed: list[str]
    ) -> None:
        google.spreadsheet.locale = locale
        sheet.sheet1.update([typed], "A1", raw=False)
        meant = [45.5, DAY, DAY, Formula("=A1*2"), typed[-1]]
        assert google.spreadsheet.tab("Отчёт").rows() == [meant]

    def test_append_goes_below_the_last_row(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        tab = google.spreadsheet.tab("Отчёт")
        tab.put("A1", [["head"], [], ["a"]])
        sheet.sheet1.append_rows([["b"], ["c"]])
        assert tab.rows() == [["head"], [None], ["a"], ["b"], ["c"]]

    def test_null_skips_a_cell_and_an_empty_text_clears_it(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        tab = google.spreadsheet.tab("Отчёт")
        tab.put("A1", [["kept", "cleared", "replaced"]])
        sheet.sheet1.update([[None, "", "new"]], "A1")
        assert tab.rows() == [["kept", None, "new"]]

    def test_a_range_outside_the_grid_is_refused(self, sheet: gspread.Spreadsheet) -> None:
        with pytest.raises(APIError, match=r"exceeds grid limits\. Max rows: 1000"):
            sheet.sheet1.update([["x"]], "A1001")

    def test_one_bad_range_of_several_writes_nothing(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        before = google.spreadsheet.snapshot()
        data = [{"range": "A1", "values": [["x"]]}, {"range": "ZZ1", "values": [["y"]]}]
        with pytest.raises(APIError, match="exceeds grid limits"):
            sheet.values_batch_update({"valueInputOption": "RAW", "data": data})
        assert google.spreadsheet.snapshot() == before


class TestBatch:
    def test_is_all_or_nothing(self, google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
        before = google.spreadsheet.snapshot()
        insert = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
        with pytest.raises(APIError, match=r"Invalid requests\[2\]\.updateCells: "):
            batch(sheet, {"insertDimension": {"range": insert}}, write("x"), write("y", row=5000))
        assert google.spreadsheet.snapshot() == before
        assert google.writes == 0

    def test_a_held_tab_shows_what_was_written(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        tab = google.spreadsheet.tab("Отчёт")
        batch(sheet, write("x"), write(2, row=1))
        assert tab.rows() == [["x"], [2]]
        assert google.writes == 1

    @pytest.mark.parametrize(
        ("request_", "message"),
        [
            ({"explode": {}}, "Unknown name"),
            ({"addSheet": {"propertis": {}}}, "propertis"),
            ({"repeatCell": {"range": {"sheetId": 9}, "fields": "*"}}, "No grid with id: 9"),
            (write("x", fields=""), "At least one field"),
            (write("x", fields="userEnteredValu"), "Invalid field"),
            ({"addSheet": {"properties": {"title": "It's"}}}, "already exists"),
        ],
    )
    def test_refuses_what_google_refuses(
        self, sheet: gspread.Spreadsheet, request_: Any, message: str
    ) -> None:
        with pytest.raises(APIError, match=message) as refused:
            batch(sheet, request_)
        assert refused.value.response.json()["error"]["status"] == "INVALID_ARGUMENT"

    def test_the_mask_decides_what_is_written(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        tab, as_date = google.spreadsheet.tab("Отчёт"), {"numberFormat": {"type": "DATE"}}
        batch(sheet, write(SERIAL, userEnteredFormat=as_date))
        assert tab.rows() == [[SERIAL]]
        mask = "userEnteredFormat.numberFormat"
        batch(sheet, write(7, fields=mask, userEnteredFormat=as_date))
        assert tab.rows() == [[DAY]]
        batch(sheet, write(SERIAL + 1))
        assert tab.rows() == [[DAY + timedelta(days=1)]]

    def test_a_range_clears_what_has_no_data(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        tab = google.spreadsheet.tab("Отчёт")
        tab.put("A1", [["a", "b"], ["c", "d"], ["e", "f"]])
        block = {"sheetId": 0, "endRowIndex": 2, "endColumnIndex": 2}
        rows = [{"values": [{"userEnteredValue": {"stringValue": "new"}}]}]
        batch(
            sheet,
            {"updateCells": {"range": block, "rows": rows, "fields": "userEnteredValue"}},
        )
        assert tab.rows() == [["new", None], [None, None], ["e", "f"]]

    def test_more_rows_than_the_range_are_refused(self, sheet: gspread.Spreadsheet) -> None:
        rows: list[Any] = [{"values": [{}]}, {"values": [{}]}]
        block = {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}
        with pytest.raises(APIError, match="beyond the last requested row"):
            batch(sheet, {"updateCells": {"range": block, "rows": rows, "fields": "*"}})

    def test_inserted_rows_push_down_and_inherit_the_format(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        tab = google.spreadsheet.tab("Отчёт")
        tab.put("A1", [["head"], [DAY]])
        rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
        batch(sheet, {"insertDimension": {"range": rows, "inheritFromBefore": True}})
        batch(sheet, write(SERIAL + 1, row=2))
        assert tab.rows() == [["head"], [DAY], [DAY + timedelta(days=1)]]
        sheet.sheet1.insert_row(["on top"], 1)
        assert [row[0] for row in tab.rows()[:2]] == ["on top", "head"]
        assert tab.row_count == 1002

    def test_columns_are_inserted_deleted_and_appended(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        tab = google.spreadsheet.tab("Отчёт")
        tab.put("A1", [["a", "b"]])
        column = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
        batch(sheet, {"insertDimension": {"range": column}})
        assert tab.rows() == [["a", None, "b"]]
        batch(sheet, {"deleteDimension": {"range": column | {"startIndex": 0}}})
        assert tab.rows() == [["b"]]
        batch(sheet, {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 4}})
        assert tab.column_count == 26 + 1 - 2 + 4

    def test_tabs_are_added_renamed_and_moved(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        added = sheet.add_worksheet("Новый", rows=10, cols=5, index=0)
        added.update_title("Другой")
        added.update_index(2)
        assert [tab.title for tab in google.spreadsheet.tabs] == ["Отчёт", "It's", "Другой"]
        tab = google.spreadsheet.tab("другой")
        assert (tab.sheet_id, tab.row_count, tab.column_count) == (added.id, 10, 5)

    def test_a_chart_is_added_once_changed_and_deleted(self, sheet: gspread.Spreadsheet) -> None:
        position = {"overlayPosition": {"anchorCell": {"sheetId": 0}}}
        chart = {"chartId": 77, "spec": {"title": "a"}, "position": position}
        [reply] = batch(sheet, {"addChart": {"chart": chart}})
        assert reply["addChart"]["chart"]["chartId"] == 77
        with pytest.raises(APIError, match="77 already exists"):
            batch(sheet, {"addChart": {"chart": chart}})
        batch(sheet, {"updateChartSpec": {"chartId": 77, "spec": {"title": "b"}}})
        assert sheet.fetch_sheet_metadata()["sheets"][0]["charts"][0]["spec"] == {"title": "b"}
        batch(sheet, {"deleteEmbeddedObject": {"objectId": 77}})
        assert "charts" not in sheet.fetch_sheet_metadata()["sheets"][0]

    def test_find_and_replace_counts(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.spreadsheet.tab("Отчёт").put("A1", [["aXa", "x"], ["b", 5]])
        [reply] = batch(sheet, {"findReplace": {"find": "x", "replacement": "-", "sheetId": 0}})
        assert reply["findReplace"]["occurrencesChanged"] == 2
        [reply] = batch(sheet, {"findReplace": {"find": "x", "sheetId": 0}})
        assert reply == {"findReplace": {}}
        assert google.spreadsheet.tab("Отчёт").rows() == [["a-a", "-"], ["b", 5]]


class TestMisbehaviour:
    def test_refusals_come_in_order_and_then_end(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.then(TOO_MANY, Status(500, "INTERNAL"), None, Status(503))
        codes = [_code(sheet) for _ in range(5)]
        assert codes == [429, 500, 200, 503, 200]

    def test_a_refusal_carries_headers_and_details(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}
        google.always(Status(403, "PERMISSION_DENIED", "Off", details=(reason,)))
        assert (_code(sheet), _code(sheet)) == (403, 403)
        with pytest.raises(APIError) as refused:
            batch(sheet, write("x"))
        assert refused.value.response.json()["error"]["details"] == [reason]
        google.always(None)
        google.then(TOO_MANY)
        with pytest.raises(APIError) as refused:
            batch(sheet, write("x"))
        assert refused.value.response.headers["Retry-After"] == "7"
        assert google.writes == 0

    def test_a_viewer_reads_and_does_not_write(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.share = "viewer"
        assert _code(sheet) == 200
        with pytest.raises(APIError, match="The caller does not have permission"):
            batch(sheet, write("x"))
        google.share = None
        assert _code(sheet) == 403

    def test_a_write_is_applied_though_its_connection_drops(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.then(AnswerLost())
        assert _code(sheet) == 200
        with pytest.raises(requests.ConnectionError):
            batch(sheet, write("x"))
        assert (google.spreadsheet.tab("Отчёт").rows(), google.writes) == ([["x"]], 1)

    def test_a_write_is_applied_though_503_is_answered(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.then(AnswerLost(Status(503)))
        with pytest.raises(APIError, match="503"):
            batch(sheet, write("x"))
        assert (google.spreadsheet.tab("Отчёт").rows(), google.writes) == ([["x"]], 1)

    def test_a_refusal_of_writes_lets_reads_pass(
        self, google: GoogleServer, sheet: gspread.Spreadsheet
    ) -> None:
        google.then(Status(500, "INTERNAL"), writes_only=True)
        assert _code(sheet) == 200
        with pytest.raises(APIError, match="500"):
            batch(sheet, write("x"))
        assert google.spreadsheet.tab("Отчёт").rows() == []

    def test_a_hanging_call_ends_with_the_reader_s_patience(
        self, google: GoogleServer, browser: Browser, sheet: gspread.Spreadsheet
    ) -> None:
        google.then(Hang())
        browser.client.set_timeout(0.1)
        with pytest.raises(requests.ReadTimeout):
            sheet.fetch_sheet_metadata()

    def test_a_server_closes_at_once_while_a_call_hangs(self) -> None:
        with GoogleServer() as server:
            browser = Browser(server)
            sheet = browser.open()
            server.then(Hang())
            browser.client.set_timeout(0.1)
            with pytest.raises(requests.ReadTimeout):
                sheet.fetch_sheet_metadata()
            began = time.monotonic()
        assert time.monotonic() - began < 1
        browser.close()

    def test_every_call_is_recorded(self, google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
        batch(sheet, write("x"))
        sheet.values_get("'Отчёт'!A1")
        *_, written, read = google.calls
        assert (written.method, written.body["requests"]) == ("POST", [write("x")])
        assert read.path.endswith("/values/'Отчёт'!A1")


def _code(sheet: gspread.Spreadsheet) -> int:
    try:
        sheet.fetch_sheet_metadata()
    except APIError as error:
        return error.code
    return 200


def test_the_address_that_is_replaced_is_the_one_gspread_uses() -> None:
    assert SPREADSHEETS_API_V4_BASE_URL == "https://sheets.googleapis.com/v4/spreadsheets"


def test_snapshots_tell_truth_values_from_numbers_and_formulas_from_text() -> None:
    def snapshot(value: Any) -> object:
        book = Spreadsheet()
        book.tabs[0].put("A1", [[value]])
        return book.snapshot()

    assert snapshot(True) != snapshot(1)
    assert snapshot("=1") != snapshot(Formula("=1"))
    assert snapshot(DAY) != snapshot(SERIAL)
    assert snapshot(1) == snapshot(1.0)
