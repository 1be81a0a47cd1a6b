"""G1: what no waiting mends is told at once, each with its own sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from etl.demo.google.behaviours import Status
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from etl.models.errors import ExitCode, Problem
from etl.texts import catalogues
from tests.google_sheets_reporter.conftest import (
    Publish,
    encoded,
    proxy,
    refusal,
)

SWITCHED_OFF = (
    "Google Sheets API has not been used in project 123456 before or it is disabled. Enable it by "
    "visiting https://console.developers.google.com/apis/api/sheets.googleapis.com/overview then "
    "retry."
)
ERROR_INFO = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "SERVICE_DISABLED",
    "domain": "googleapis.com",
}
ODD = "Something that nobody has heard of."


@pytest.fixture(autouse=True)
def _never_waits(waits: list[float]) -> Any:
    yield
    assert waits == []


def test_g1_a_sheet_that_is_not_shared_is_shown_with_whom_to_share_it(
    publish: Publish, google: GoogleServer
) -> None:
    google.share = None
    error = refusal(lambda: publish(7))
    assert error.problem == Problem.SHEET_NOT_SHARED
    assert error.facts == {"client_email": google.service_account["client_email"]}
    for catalogue in catalogues():
        mend = catalogue.what_to_do(error.problem, error.facts)
        assert google.service_account["client_email"] in mend
    assert error.exit_code == ExitCode.REPORT


def test_g1_a_viewer_is_shown_to_become_editor(publish: Publish, google: GoogleServer) -> None:
    google.share = "viewer"
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_NOT_SHARED
    assert google.writes == 0


def test_g1_a_wrong_id_is_shown(publish: Publish) -> None:
    error = refusal(lambda: publish(7, spreadsheet_id="1wrong-id"))
    assert error.problem == Problem.SHEET_NOT_FOUND


def test_g1_a_revoked_key_is_shown(publish: Publish, google: GoogleServer) -> None:
    google.revoke_key()
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_KEY_REVOKED


def test_g1_a_deleted_account_is_shown(publish: Publish, google: GoogleServer) -> None:
    account = {**google.service_account, "client_email": "gone@demo.iam.gserviceaccount.com"}
    error = refusal(lambda: publish(7, credentials_base64=encoded(account)))
    assert error.problem == Problem.SHEET_KEY_REVOKED
    assert error.facts["client_email"] == account["client_email"]


def test_g1_a_token_that_google_does_not_accept_is_shown(
    publish: Publish, google: GoogleServer
) -> None:
    google.then(Status(401, "UNAUTHENTICATED"))
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_KEY_REVOKED


@pytest.mark.parametrize("skew", [timedelta(hours=2), timedelta(hours=-2)], ids=["slow", "fast"])
def test_g1_a_wrong_clock_is_shown(publish: Publish, google: GoogleServer, skew: timedelta) -> None:
    google.clock_skew = skew
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_CLOCK


@pytest.mark.parametrize(
    ("message", "details"),
    [(SWITCHED_OFF, (ERROR_INFO,)), ("Off.", (ERROR_INFO,)), (SWITCHED_OFF, ())],
    ids=["both", "reason", "message"],
)
def test_g1_an_api_that_is_switched_off_is_shown(
    publish: Publish, google: GoogleServer, message: str, details: tuple[dict[str, Any], ...]
) -> None:
    google.always(Status(403, "PERMISSION_DENIED", message, details))
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_API_OFF


def test_g1_another_refusal_is_shown_in_google_s_words(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    google.then(*[Status(400, "INVALID_ARGUMENT", ODD)] * 9, writes_only=True)
    error = refusal(lambda: publish(7))
    assert error.problem == Problem.SHEET_ERROR
    assert error.facts == {"status": 400, "message": ODD}
    assert tab.rows() == []


def test_g1_a_refusal_without_a_word_is_shown_too(publish: Publish) -> None:
    with proxy(403, '{"error": {"code": 403}}') as url:
        error = refusal(lambda: publish(7, api_url=url))
    assert error.problem == Problem.SHEET_NOT_SHARED
