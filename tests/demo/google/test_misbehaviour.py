"""The ways in which the emulated Google can fail on request."""

from __future__ import annotations

import time

import gspread
import pytest
import requests
from gspread.exceptions import APIError

from etl.demo.google.server import AnswerLost, GoogleServer, Hang, Status
from tests.demo.google.conftest import Browser, batch, code_of, write


def test_refusals_come_in_order_and_then_end(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.then(Status(429), Status(500, "INTERNAL"), None, Status(503))
    assert [code_of(sheet) for _ in range(5)] == [429, 500, 200, 503, 200]


def test_a_viewer_reads_and_does_not_write(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.share = "viewer"
    assert code_of(sheet) == 200
    with pytest.raises(APIError, match="The caller does not have permission"):
        batch(sheet, write("x"))
    google.share = None
    assert code_of(sheet) == 403


def test_a_write_is_applied_though_its_answer_is_lost(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    google.then(AnswerLost(), AnswerLost(Status(503)))
    assert code_of(sheet) == 200
    with pytest.raises(requests.ConnectionError):
        batch(sheet, write("x"))
    with pytest.raises(APIError, match="503"):
        batch(sheet, write("y"))
    assert (google.spreadsheet.tabs[0].rows(), google.writes) == ([["y"]], 2)


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
