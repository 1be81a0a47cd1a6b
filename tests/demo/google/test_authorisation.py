"""Who may ask the emulated Google."""

from __future__ import annotations

from datetime import timedelta

import gspread
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.auth.exceptions import RefreshError

from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import Browser


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
