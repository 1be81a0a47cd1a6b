"""The real gspread and google-auth, which talk to the emulated Google."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
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

from tests.google_faults import SCOPE, GoogleServer, Spreadsheet

DAY = date(2025, 12, 1)
SERIAL = 45992


class LoopbackOnly(Request):
    """Keeps google-auth from looking up the account's region at Google in the background."""

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


def write(value: object, row: int = 0) -> Any:
    kind = "numberValue" if isinstance(value, int | float) else "stringValue"
    cell = {"userEnteredValue": {kind: value}}
    place = {"sheetId": 0, "startRowIndex": row, "endRowIndex": row + 1, "endColumnIndex": 1}
    rows = [{"values": [cell]}]
    return {"updateCells": {"range": place, "rows": rows, "fields": "userEnteredValue"}}


def values(sheet: gspread.Spreadsheet, *ranges: str) -> list[Any]:
    """The rows of each range, as our client asks for them."""
    options = {
        "valueRenderOption": ValueRenderOption.unformatted,
        "dateTimeRenderOption": DateTimeOption.serial_number,
    }
    return [one.get("values") for one in sheet.values_batch_get(ranges, options)["valueRanges"]]


def batch(sheet: gspread.Spreadsheet, *requests: Any) -> Any:
    return sheet.batch_update({"requests": list(requests)})["replies"]


def code_of(sheet: gspread.Spreadsheet) -> int:
    try:
        sheet.fetch_sheet_metadata()
    except APIError as error:
        return error.code
    return 200
