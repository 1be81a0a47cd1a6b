"""Who may ask the emulated Google, and the ways in which it fails on request."""

from __future__ import annotations

import time
from datetime import timedelta

import gspread
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.auth.exceptions import RefreshError
from gspread.exceptions import APIError

from tests.demo.google.conftest import Browser, batch, code_of, write
from tests.google_faults import AnswerLost, GoogleServer, Hang, Status


def test_a_signed_key_opens_the_spreadsheet(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    assert [tab.title for tab in sheet.worksheets()] == ["Отчёт", "It's"]
    assert google.calls[0].path == "/token"


def test_another_key_is_refused(google: GoogleServer) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # The account itself belongs to the server.
    google.service_account["private_key"] = pem.decode()
    browser = Browser(google)
    with pytest.raises(RefreshError, match=r"invalid_grant: Invalid JWT Signature\."):
        browser.open()
    browser.close()


def test_a_revoked_key_is_refused(google: GoogleServer, browser: Browser) -> None:
    google.revoke_key()
    with pytest.raises(RefreshError, match=r"invalid_grant: Invalid JWT Signature\."):
        browser.open()


@pytest.mark.parametrize("skew", [timedelta(hours=2), timedelta(hours=-2)])
def test_a_skewed_clock_is_refused(google: GoogleServer, browser: Browser, skew: timedelta) -> None:
    google.clock_skew = skew
    with pytest.raises(RefreshError, match="short-lived token"):
        browser.open()


def test_another_scope_is_refused(google: GoogleServer) -> None:
    browser = Browser(google, scope="https://www.googleapis.com/auth/drive")
    with pytest.raises(RefreshError, match="invalid_scope"):
        browser.open()
    browser.close()


def test_a_call_without_a_token_is_refused(google: GoogleServer) -> None:
    url = f"{google.url}/v4/spreadsheets/{google.spreadsheet_id}"
    answer = requests.get(url, headers={"Authorization": "Bearer made-up"}, timeout=5)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


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
