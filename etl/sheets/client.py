"""gspread's transport with bounds, and what Google's errors mean.

gspread waits for ever by default (`timeout=None`), and its own backing-off client never gives up.
Codes: https://developers.google.com/workspace/sheets/api/limits and .../guides/concepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gspread
import msgspec
import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from gspread.utils import DateTimeOption, ValueRenderOption

from etl.models.errors import Problem, ReportError
from etl.models.outside import root_cause
from etl.sheets import answers
from etl.sheets.answers import SOMEBODY_ELSE, read_answer

GOOGLE = "https://sheets.googleapis.com"
TIMEOUTS_SECONDS = (10, 60)
PASSING_STATUSES = {408, 429, 500, 502, 503, 504}
# gspread's code for an error that is no JSON, and so none of Google's.
NO_JSON = -1
# The address that a refusal names where the API is to be switched on.
SWITCH = "/apis/api/sheets.googleapis.com/"


class PassingReportError(ReportError):
    """A later try may succeed. After a write nobody knows whether Google has applied it."""


class RefusedBatchError(ReportError):
    """The same batch would be refused again, as long as the workbook stays what it is."""


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
        except gspread.exceptions.APIError as error:
            read_answer(error.error, answers.Refusal)
            raise
        except (KeyError, TypeError) as error:
            # gspread takes any JSON for an error of Google's; some are a proxy's.
            raise requests.exceptions.InvalidJSONError(SOMEBODY_ELSE) from error


@dataclass(frozen=True)
class RemoteSpreadsheet:
    """One request a call; `gspread.Spreadsheet` would ask for the tabs once more at its making."""

    client: BoundedHTTPClient
    spreadsheet_id: str
    account: str

    def fetch_metadata(self) -> answers.Spreadsheet:
        """Everything but cells.

        Files that are no spreadsheets are refused with two statuses: Excel's, which Sheets opens in
        a browser only, and folders, pictures and the like. Documents and forms of Google's own are
        answered like ids of nothing.
        """
        try:
            answer = self.client.fetch_sheet_metadata(self.spreadsheet_id)
        except gspread.exceptions.APIError as error:
            match error.error.get("status"):
                case "FAILED_PRECONDITION":
                    raise ReportError(Problem.SHEET_OFFICE_FILE) from error
                case "INVALID_ARGUMENT":
                    message = error.error.get("message", "")
                    raise ReportError(Problem.SHEET_OTHER_FILE, message=message) from error
            raise
        return read_answer(answer, answers.Spreadsheet)

    def fetch_values(self, ranges: Sequence[str]) -> list[list[list[answers.Value]]]:
        """Rows of cells for each range: unformatted, dates as serial numbers, ends left out."""
        options: dict[str, Any] = {
            "valueRenderOption": ValueRenderOption.unformatted,
            "dateTimeRenderOption": DateTimeOption.serial_number,
        }
        answer = self.client.values_batch_get(self.spreadsheet_id, list(ranges), options)
        blocks = read_answer(answer, answers.ValueRanges).value_ranges
        if len(blocks) != len(ranges):
            raise requests.exceptions.InvalidJSONError(SOMEBODY_ELSE)
        return [block.values for block in blocks]

    def update(self, batch: Sequence[Mapping[str, Any]]) -> None:
        """All of them, or none. Raises `RefusedBatchError` when Google finds a fault in one."""
        try:
            answer = self.client.batch_update(self.spreadsheet_id, {"requests": list(batch)})
        except gspread.exceptions.APIError as error:
            status = error.response.status_code
            if status != requests.codes.bad_request or error.code == NO_JSON:
                raise
            message = error.error.get("message", "")
            raise RefusedBatchError(Problem.SHEET_ERROR, status=status, message=message) from error
        if len(read_answer(answer, answers.BatchUpdate).replies) != len(batch):
            raise requests.exceptions.InvalidJSONError(SOMEBODY_ELSE)


@contextmanager
def translated(client_email: str) -> Iterator[None]:
    """Lets no exception of gspread, google-auth or requests out: only `ReportError`."""
    try:
        yield
    except gspread.exceptions.APIError as error:
        raise _refusal(error, client_email) from error
    except RefreshError as error:
        raise _refused_key(error, client_email) from error
    except (requests.exceptions.InvalidJSONError, RecursionError) as error:
        raise PassingReportError(Problem.SHEET_UNREACHABLE, cause=SOMEBODY_ELSE) from error
    except (GoogleAuthError, requests.RequestException) as error:
        cause = root_cause(error)
        raise PassingReportError(Problem.SHEET_UNREACHABLE, cause=cause) from error


def _refused_key(error: RefreshError, client_email: str) -> ReportError:
    """By the names of the claims, which no translation changes."""
    text = str(error)
    if {"iat", "exp"} <= {*re.findall(r"\w+", text)}:
        return ReportError(Problem.SHEET_CLOCK)
    if error.retryable:
        return PassingReportError(Problem.SHEET_UNREACHABLE, cause=text)
    return ReportError(Problem.SHEET_KEY_REVOKED, client_email=client_email)


def _refusal(error: gspread.exceptions.APIError, client_email: str) -> ReportError:
    """By codes alone: messages come in the language of an account."""
    code = error.response.status_code
    refused = msgspec.convert(error.error, answers.Refusal)
    match code:
        case requests.codes.too_many_requests:
            refusal: ReportError = PassingReportError(Problem.SHEET_QUOTA)
        case requests.codes.not_found:
            refusal = ReportError(Problem.SHEET_NOT_FOUND)
        case _ if code in PASSING_STATUSES or error.code == NO_JSON:
            refusal = PassingReportError(Problem.SHEET_UNREACHABLE, cause=f"HTTP {code}")
        case requests.codes.unauthorized:
            refusal = ReportError(Problem.SHEET_KEY_REVOKED, client_email=client_email)
        case requests.codes.forbidden if _is_switched_off(refused):
            refusal = ReportError(Problem.SHEET_API_OFF)
        case requests.codes.forbidden:
            refusal = ReportError(Problem.SHEET_NOT_SHARED, client_email=client_email)
        case _:
            refusal = ReportError(Problem.SHEET_ERROR, status=code, message=refused.message)
    return refusal


def _is_switched_off(refused: answers.Refusal) -> bool:
    reasons = {detail.get("reason") for detail in refused.details}
    return "SERVICE_DISABLED" in reasons or SWITCH in refused.message
