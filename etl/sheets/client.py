"""gspread's transport with bounds, and what Google's errors mean.

gspread waits for ever by default (`timeout=None`), and its own backing-off client never gives up.
Codes: https://developers.google.com/workspace/sheets/api/limits and .../guides/concepts.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gspread
import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials
from gspread.utils import DateTimeOption, ValueRenderOption

from etl.models.errors import Problem, ReportError, root_cause
from etl.models.http_session import BearerToken, HTTPSession

GOOGLE = "https://sheets.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
TIMEOUTS_SECONDS = (10, 60)
PASSING_STATUSES = {408, 429, 500, 502, 503, 504}


class PassingReportError(ReportError):
    """A later try may succeed. After a write nobody knows whether Google has applied it."""


class BoundedHTTPClient(gspread.HTTPClient):
    """Asks `api_url` instead of Google's own address, and never waits longer than its timeouts."""

    def __init__(
        self, session: requests.Session, api_url: str, timeouts_seconds: tuple[float, float]
    ) -> None:
        super().__init__(auth=None, session=session)  # type: ignore[arg-type]
        self._api_url = api_url.rstrip("/")
        self.set_timeout(timeouts_seconds)

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> requests.Response:
        endpoint = endpoint.replace(GOOGLE, self._api_url, 1)
        try:
            return super().request(method, endpoint, *args, **kwargs)
        except (KeyError, TypeError) as error:
            # gspread takes any JSON for an error of Google's; some are a proxy's.
            raise requests.exceptions.InvalidJSONError("not an answer of Google") from error


@dataclass(frozen=True)
class RemoteSpreadsheet:
    """One request a call; `gspread.Spreadsheet` would ask for the tabs once more at its making."""

    client: BoundedHTTPClient
    spreadsheet_id: str

    def fetch_metadata(self) -> Mapping[str, Any]:
        """Title, tabs, charts and developer metadata, without cells."""
        return self.client.fetch_sheet_metadata(self.spreadsheet_id)

    def fetch_values(self, ranges: Sequence[str]) -> list[list[list[object]]]:
        """Rows of cells for each range: unformatted, dates as serial numbers, ends left out."""
        options: dict[str, Any] = {
            "valueRenderOption": ValueRenderOption.unformatted,
            "dateTimeRenderOption": DateTimeOption.serial_number,
        }
        answer = self.client.values_batch_get(self.spreadsheet_id, list(ranges), options)
        return [block.get("values", []) for block in answer["valueRanges"]]

    def update(self, requests: Sequence[Mapping[str, Any]]) -> None:
        """All of them, or none."""
        self.client.batch_update(self.spreadsheet_id, {"requests": list(requests)})


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
            if answer.status in PASSING_STATUSES:
                raise PassingReportError(Problem.SHEET_UNREACHABLE, cause=f"HTTP {answer.status}")
            return answer

        credentials.refresh(ask_once)  # type: ignore[no-untyped-call]
        session.auth = BearerToken(credentials.token)
        client = BoundedHTTPClient(session, api_url, timeouts_seconds)
        yield RemoteSpreadsheet(client, spreadsheet_id)


def read_credentials(credentials_base64: str) -> Credentials:
    """The service account's key out of its setting. Raises `ReportError`."""
    try:
        # Decodes line breaks too, which `base64` makes without `-w0`.
        account = json.loads(base64.b64decode(credentials_base64))
        credentials: Credentials = Credentials.from_service_account_info(account, scopes=[SCOPE])  # type: ignore[no-untyped-call]
        return credentials
    except (ValueError, TypeError, AttributeError, GoogleAuthError) as error:
        raise ReportError(Problem.SHEET_CREDENTIALS) from error


@contextmanager
def translated(client_email: str) -> Iterator[None]:
    """Lets no exception of gspread, google-auth or requests out: only `ReportError`."""
    try:
        yield
    except gspread.exceptions.APIError as error:
        raise _refusal(error, client_email) from error
    except RefreshError as error:
        raise _refused_key(error) from error
    except (GoogleAuthError, requests.RequestException) as error:
        cause = root_cause(error)
        raise PassingReportError(Problem.SHEET_UNREACHABLE, cause=cause) from error


def _refused_key(error: RefreshError) -> ReportError:
    text = str(error)
    if "iat and exp" in text:
        return ReportError(Problem.SHEET_CLOCK)
    # Google's refusals are JSON, which google-auth passes on; anything else is a proxy's page.
    if error.retryable or not isinstance(error.args[-1], Mapping):
        return PassingReportError(Problem.SHEET_UNREACHABLE, cause=text)
    return ReportError(Problem.SHEET_KEY_REVOKED)


def _refusal(error: gspread.exceptions.APIError, client_email: str) -> ReportError:
    status = error.response.status_code
    message = str(error.error.get("message", ""))
    match status:
        case requests.codes.too_many_requests:
            refusal: ReportError = PassingReportError(Problem.SHEET_QUOTA)
        case _ if status in PASSING_STATUSES:
            refusal = PassingReportError(Problem.SHEET_UNREACHABLE, cause=f"HTTP {status}")
        case requests.codes.unauthorized:
            refusal = ReportError(Problem.SHEET_KEY_REVOKED)
        case requests.codes.not_found:
            refusal = ReportError(Problem.SHEET_NOT_FOUND)
        case requests.codes.forbidden if _is_switched_off(error.error):
            refusal = ReportError(Problem.SHEET_API_OFF)
        case requests.codes.forbidden:
            refusal = ReportError(Problem.SHEET_NOT_SHARED, client_email=client_email)
        case requests.codes.bad_request if "already exists" in message:
            # Somebody made it between our reading and our writing: to be read again.
            refusal = PassingReportError(Problem.SHEET_ERROR, status=status, message=message)
        case _:
            refusal = ReportError(Problem.SHEET_ERROR, status=status, message=message)
    return refusal


def _is_switched_off(error: Mapping[str, Any]) -> bool:
    reasons = {detail.get("reason") for detail in error.get("details", [])}
    message = str(error.get("message", ""))
    return "SERVICE_DISABLED" in reasons or "has not been used in project" in message
