"""The ways in which the emulated Google can fail on request."""

from __future__ import annotations

import time

import gspread
import pytest
import requests
from gspread.exceptions import APIError

from etl.demo.google.behaviours import AnswerLost, Hang, Status
from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import Browser, batch, code_of, values, write

TOO_MANY = Status(429, "RESOURCE_EXHAUSTED", "Quota exceeded", headers=(("Retry-After", "7"),))


def test_refusals_come_in_order_and_then_end(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.then(TOO_MANY, Status(500, "INTERNAL"), None, Status(503))
    codes = [code_of(sheet) for _ in range(5)]
    assert codes == [429, 500, 200, 503, 200]


def test_a_refusal_carries_headers_and_details(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}
    google.always(Status(403, "PERMISSION_DENIED", "Off", details=(reason,)))
    assert (code_of(sheet), code_of(sheet)) == (403, 403)
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
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.share = "viewer"
    assert code_of(sheet) == 200
    with pytest.raises(APIError, match="The caller does not have permission"):
        batch(sheet, write("x"))
    google.share = None
    assert code_of(sheet) == 403


def test_a_write_is_applied_though_its_connection_drops(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.then(AnswerLost())
    assert code_of(sheet) == 200
    with pytest.raises(requests.ConnectionError):
        batch(sheet, write("x"))
    assert (google.spreadsheet.tab("Отчёт").rows(), google.writes) == ([["x"]], 1)


def test_a_write_is_applied_though_503_is_answered(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.then(AnswerLost(Status(503)))
    with pytest.raises(APIError, match="503"):
        batch(sheet, write("x"))
    assert (google.spreadsheet.tab("Отчёт").rows(), google.writes) == ([["x"]], 1)


def test_a_refusal_of_writes_lets_reads_pass(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.then(Status(500, "INTERNAL"), writes_only=True)
    assert code_of(sheet) == 200
    with pytest.raises(APIError, match="500"):
        batch(sheet, write("x"))
    assert google.spreadsheet.tab("Отчёт").rows() == []


def test_a_hanging_call_ends_with_the_reader_s_patience(
    google: GoogleServer, browser: Browser, sheet: gspread.Spreadsheet
) -> None:
    google.then(Hang())
    browser.client.set_timeout(0.1)
    with pytest.raises(requests.ReadTimeout):
        sheet.fetch_sheet_metadata()


def test_a_server_closes_at_once_while_a_call_hangs() -> None:
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


def test_every_call_is_recorded(google: GoogleServer, sheet: gspread.Spreadsheet) -> None:
    batch(sheet, write("x"))
    values(sheet, "'Отчёт'!A1:B2")
    *_, written, read = google.calls
    assert (written.method, written.body["requests"]) == ("POST", [write("x")])
    assert (read.method, "ranges='Отчёт'!A1:B2" in read.path) == ("GET", True)
