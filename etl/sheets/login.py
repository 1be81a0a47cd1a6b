"""The service account's login at Google, and the spreadsheet that it opens."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from etl.models.errors import Problem, ReportError
from etl.models.http_session import BearerToken, HTTPSession
from etl.sheets import answers
from etl.sheets.answers import SOMEBODY_ELSE
from etl.sheets.client import (
    PASSING_STATUSES,
    TIMEOUTS_SECONDS,
    BoundedHTTPClient,
    PassingReportError,
    RemoteSpreadsheet,
)

SCOPE = "https://www.googleapis.com/auth/spreadsheets"


@contextmanager
def open_spreadsheet(
    credentials: Credentials,
    spreadsheet_id: str,
    api_url: str,
    timeouts_seconds: tuple[float, float] = TIMEOUTS_SECONDS,
) -> Iterator[RemoteSpreadsheet]:
    """Logs in and opens the spreadsheet; one token outlasts every run's report.

    google-auth's own `AuthorizedSession` would besides ask iamcredentials.googleapis.com in a
    background thread, which no firewall rule for Sheets allows for.
    """
    with HTTPSession() as session:
        request = Request(session)

        def ask_once(**call: Any) -> Any:
            """Google-auth's own backing off, inside of ours, would never be asked to sleep."""
            answer = request(timeout=timeouts_seconds, **call)
            _require_google(answer)
            return answer

        credentials.refresh(ask_once)  # type: ignore[no-untyped-call]
        session.auth = BearerToken(str(credentials.token))
        client = BoundedHTTPClient(session, api_url, timeouts_seconds)
        yield RemoteSpreadsheet(client, spreadsheet_id, credentials.service_account_email)


def _require_google(answer: Any) -> None:
    """Lets only a token or Google's refusal through: google-auth takes any other JSON for one."""
    if answer.status in PASSING_STATUSES:
        raise PassingReportError(Problem.SHEET_UNREACHABLE, cause=f"HTTP {answer.status}")
    expected = answers.Token if answer.status == requests.codes.ok else answers.RefusedGrant
    try:
        msgspec.json.decode(answer.data, type=expected)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise requests.exceptions.InvalidJSONError(SOMEBODY_ELSE) from error


def read_credentials(credentials_base64: str) -> Credentials:
    """The service account's key out of its setting. Raises `ReportError`."""
    try:
        # Decodes line breaks too, which `base64` makes without `-w0`.
        account = json.loads(base64.b64decode(credentials_base64))
        credentials: Credentials = Credentials.from_service_account_info(account, scopes=[SCOPE])  # type: ignore[no-untyped-call]
        return credentials
    except (ValueError, TypeError, AttributeError, GoogleAuthError) as error:
        raise ReportError(Problem.SHEET_CREDENTIALS) from error
