"""Calls of the Sheets API by a service account: login, reading, writing. Faults are `ReportError`s.

gspread's transport waits for ever by default (`timeout=None`) and its backing-off client never
gives up, so both are limited here. An answer without the expected fields is a fault.
Sources: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets,
.../workspace/sheets/api/limits, https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gspread
import requests
import urllib3
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request as TokenRequest
from google.oauth2.service_account import Credentials
from gspread.exceptions import APIError
from gspread.utils import DateTimeOption, ValueRenderOption
from requests import codes
from requests.exceptions import InvalidJSONError

from etl.models.errors import Problem, ReportError
from etl.models.http_session import DeadlineError, HTTPSession, TooLargeError, quoted

GOOGLE = "https://sheets.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
TIMEOUT_SECONDS = 60
ANSWER_BYTES_AT_MOST = 64 << 20
PASSING_STATUSES = {408, 429, 500, 502, 503, 504}
# Any of these fields in a protected range says that our account may write to it, or to parts.
FREEDOMS = {"requestingUserCanEdit", "warningOnly", "unprotectedRanges"}
NO_JSON = -1  # gspread's code for an error answer that is no JSON, and so not from Google
# Exceptions raised when no answer came, and while an answer that is not from Google is read.
NO_ANSWER = (
    GoogleAuthError, requests.RequestException, urllib3.exceptions.HTTPError, DeadlineError
)  # fmt: skip
NOT_GOOGLE = (TooLargeError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
# ErrorInfo's reason, of google.api.ErrorReason; a spreadsheet that is not shared has none.
REASON = re.compile(r"'reason': '([A-Z0-9_]+)'")
OF_ACCOUNTS = {codes.unauthorized, codes.forbidden}
PROBLEM_OF_STATUS = {
    codes.bad_request: Problem.SHEET_NOT_FOUND,
    codes.unauthorized: Problem.SHEET_LOGIN,
    codes.forbidden: Problem.SHEET_NOT_SHARED,
    codes.not_found: Problem.SHEET_NOT_FOUND,
    codes.too_many_requests: Problem.SHEET_QUOTA,
}

Json = dict[str, Any]


class PassingReportError(ReportError):
    """A transient error: a later try may succeed. A write may have been applied nevertheless."""


class RefusedWriteError(ReportError):
    """Google's refusal of a write, final as long as the spreadsheet stays the same."""


@dataclass(frozen=True)
class Tab:
    """The properties of a tab; `row_count` is 0 for a tab without cells, such as a chart's own.

    `charts` maps ids to descriptions (ChartSpec), `metadata_keys` are of developer metadata.
    `locked` has the protected ranges (GridRange) no part of which our account may write to.
    """

    title: str
    sheet_id: int
    row_count: int
    column_count: int
    is_hidden: bool = False
    metadata_keys: frozenset[str] = frozenset()
    charts: Mapping[int, Json] = field(default_factory=dict)
    locked: Sequence[Json] = ()


class RemoteSpreadsheet(gspread.HTTPClient):
    """A client for one spreadsheet of the Sheets API at `api_url`; each method sends one request.

    `session` is authorized; errors name `account`, the service account's e-mail address. Methods
    raise `ReportError`: its subclass `PassingReportError` if a later try may succeed.
    """

    def __init__(
        self, session: HTTPSession, api_url: str, spreadsheet_id: str, account: str
    ) -> None:
        super().__init__(auth=None, session=session)  # type: ignore[arg-type]
        self._session = session
        self._api_url = api_url.rstrip("/")
        self._spreadsheet_id = spreadsheet_id
        self.account = account

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> requests.Response:
        endpoint = endpoint.replace(GOOGLE, self._api_url, 1)
        return super().request(method, endpoint, *args, **kwargs)

    def fetch_tabs(self) -> tuple[str, list[Tab]]:
        """Returns the spreadsheet's title and its tabs."""
        with translated(self.account, self._session):
            answer = self.fetch_sheet_metadata(self._spreadsheet_id)
            return answer["properties"]["title"], [_tab(sheet) for sheet in answer["sheets"]]

    def fetch_values(self, ranges: Sequence[str]) -> list[list[list[object]]]:
        """Returns each A1 range's rows of values: dates as serial numbers, no trailing blanks."""
        options: Json = {
            "valueRenderOption": ValueRenderOption.unformatted,
            "dateTimeRenderOption": DateTimeOption.serial_number,
        }
        with translated(self.account, self._session):
            answer = self.values_batch_get(self._spreadsheet_id, list(ranges), options)
            blocks = [block.get("values", []) for block in answer["valueRanges"]]
            _require_as_many(blocks, ranges)
        return blocks

    def update(self, title: str, batch: Sequence[Mapping[str, Any]]) -> None:
        """Applies all requests of `batch` or none; errors name the tab by its `title`.

        An empty batch is not sent. Raises `RefusedWriteError` if Google finds fault with a request.
        """
        if not batch:
            return
        with translated(self.account, self._session, writes_to=title):
            body = {"requests": list(batch)}
            answer = self.batch_update(self._spreadsheet_id, body)
            _require_as_many(answer["replies"], batch)


@contextmanager
def open_spreadsheet(
    credentials: Credentials, spreadsheet_id: str, api_url: str, session: HTTPSession
) -> Iterator[RemoteSpreadsheet]:
    """Logs in by `credentials` and yields the spreadsheet; the login outlasts any report.

    google-auth's own `AuthorizedSession` would also call iamcredentials.googleapis.com in a
    background thread, which no firewall rule for Sheets allows for.
    """
    account: str = credentials.service_account_email
    with session:
        request = TokenRequest(session)

        def ask_once(**call: Any) -> Any:
            """Asks for a token; raises passing errors, which google-auth would retry itself."""
            answer = request(**call)
            _require_google(answer)
            return answer

        with translated(account, session):
            credentials.refresh(ask_once)  # type: ignore[no-untyped-call]

        def authorize(asked: requests.PreparedRequest) -> requests.PreparedRequest:
            asked.headers["Authorization"] = f"Bearer {credentials.token}"  # RFC 6750, 2.1
            return asked

        session.auth = authorize
        yield RemoteSpreadsheet(session, api_url, spreadsheet_id, account)


def read_credentials(credentials_base64: str) -> Credentials:
    """Reads a service account's JSON key from base64; raises `ReportError` if it is invalid."""
    try:
        # Skips line breaks, which the command `base64` writes without `-w0`.
        account = json.loads(base64.b64decode(credentials_base64))
        credentials: Credentials = Credentials.from_service_account_info(account, scopes=[SCOPE])  # type: ignore[no-untyped-call]
        return credentials
    except (ValueError, TypeError, AttributeError, GoogleAuthError) as error:
        raise ReportError(Problem.SHEET_CREDENTIALS) from error


@contextmanager
def translated(
    account: str, session: HTTPSession, *, writes_to: str | None = None
) -> Iterator[None]:
    """Raises a `ReportError` for each exception of gspread, google-auth and HTTP in the context.

    Its message may name `account` and `writes_to`, the title of the tab that is written, if any.
    """
    try:
        yield
    except APIError as error:
        raise _refusal(error, account, writes_to) from error
    except RefreshError as error:
        said = str(error.args[0])
        if error.retryable:
            raise PassingReportError(Problem.SHEET_UNREACHABLE, said=said) from error
        raise ReportError(Problem.SHEET_LOGIN, client_email=account, said=said) from error
    except (*NO_ANSWER, *NOT_GOOGLE) as error:
        raise _fault(error, session) from error


def _fault(error: Exception, session: HTTPSession) -> ReportError:
    """Returns our error for an answer that never came, or is not from Google."""
    if isinstance(error, NO_ANSWER) and not isinstance(error, InvalidJSONError):
        problem, facts = session.fault(error, Problem.SHEET_UNREACHABLE)
        return PassingReportError(problem, **facts)
    answer = None if isinstance(error, TooLargeError) else session.answer
    said = str(error) if answer is None else quoted(answer)
    return PassingReportError(Problem.SHEET_FOREIGN_ANSWER, said=said)


def _refusal(error: APIError, account: str, writes_to: str | None) -> ReportError:
    """Returns our error for Google's, by status and reason: messages are in any language.

    HTTP 400 has the status FAILED_PRECONDITION for an Excel file, which Sheets opens in a browser
    only, and another one for folders, pictures and the like; Google's own documents and forms are
    answered like unknown ids.
    """
    code, status = error.response.status_code, error.error.get("status")
    if error.code == NO_JSON:
        return PassingReportError(Problem.SHEET_UNREACHABLE, said=quoted(error.response))
    message = str(error.error.get("message", ""))
    said = f"HTTP {code}: {message}" if message else f"HTTP {code}"
    if code in PASSING_STATUSES:
        problem = PROBLEM_OF_STATUS.get(code, Problem.SHEET_UNREACHABLE)
        return PassingReportError(problem, said=said)
    if reason := REASON.search(str(error.error.get("details"))):
        said += f" ({reason[1]})"
    if writes_to is not None and code not in OF_ACCOUNTS:
        return RefusedWriteError(
            Problem.SHEET_REFUSED, title=writes_to, client_email=account, said=said
        )
    if reason and code != codes.unauthorized:
        is_off = reason[1] == "SERVICE_DISABLED"
        return ReportError(Problem.SHEET_API_OFF if is_off else Problem.SHEET_DENIED, said=said)
    if status == "FAILED_PRECONDITION":
        return ReportError(Problem.SHEET_OFFICE_FILE, said=said)
    problem = PROBLEM_OF_STATUS.get(code, Problem.SHEET_DENIED)
    return ReportError(problem, client_email=account, said=said)


def _require_google(answer: Any) -> None:
    """Raises unless `answer` is a token or Google's refusal: google-auth accepts any other JSON."""
    if answer.status in PASSING_STATUSES:
        raise PassingReportError(Problem.SHEET_UNREACHABLE, said=f"HTTP {answer.status}")
    name = "access_token" if answer.status == codes.ok else "error"
    if not isinstance(json.loads(answer.data)[name], str):
        raise InvalidJSONError


def _tab(sheet: Json) -> Tab:
    """Returns a tab from Google's JSON, where zero, false or empty fields may be missing."""
    properties = sheet["properties"]
    has_cells = properties.get("sheetType", "GRID") == "GRID"
    size = properties.get("gridProperties", {}) if has_cells else {}
    return Tab(
        title=properties["title"],
        sheet_id=properties.get("sheetId", 0),
        row_count=size.get("rowCount", 0),
        column_count=size.get("columnCount", 0),
        is_hidden=properties.get("hidden", False),
        metadata_keys=frozenset(
            one.get("metadataKey", "") for one in sheet.get("developerMetadata", [])
        ),
        charts={one["chartId"]: one.get("spec", {}) for one in sheet.get("charts", [])},
        locked=[
            one["range"]
            for one in sheet.get("protectedRanges", [])
            if "range" in one and not any(one.get(name) for name in FREEDOMS)
        ],
    )


def _require_as_many(answers: Sequence[object], asked: Sequence[object]) -> None:
    if len(answers) != len(asked):
        raise InvalidJSONError
