"""G2: nothing, silence, or somebody else answers where Google or its login should be."""

from __future__ import annotations

import pytest
from google.auth.exceptions import RefreshError

from etl.demo.google.server import GoogleServer
from etl.models.errors import Problem
from etl.sheets.client import PassingReportError, translated
from tests.google_sheets_reporter.conftest import (
    Publish,
    encoded,
    proxy,
    refusal,
    silence,
)

TRIES = 6


def test_g2_a_login_that_hangs_for_ever_is_given_up(
    publish: Publish, google: GoogleServer, waits: list[float]
) -> None:
    with silence() as url:
        credentials = encoded({**google.service_account, "token_uri": url})
        error = refusal(
            lambda: publish(7, credentials_base64=credentials, timeouts_seconds=(5, 0.05))
        )
    assert error.problem == Problem.SHEET_UNREACHABLE
    assert len(waits) == TRIES - 1


@pytest.mark.parametrize("status", [429, 503])
def test_g2_a_login_that_fails_is_waited_for_by_us_alone(
    publish: Publish, google: GoogleServer, waits: list[float], status: int
) -> None:
    with proxy(status, "{}") as url:
        credentials = encoded({**google.service_account, "token_uri": url})
        error = refusal(lambda: publish(7, credentials_base64=credentials))
    assert (error.problem, error.facts) == (Problem.SHEET_UNREACHABLE, {"cause": f"HTTP {status}"})
    assert len(waits) == TRIES - 1


def test_g2_a_google_that_cannot_be_connected_to_is_shown_with_the_cause(
    publish: Publish, closed: str, waits: list[float]
) -> None:
    error = refusal(lambda: publish(7, api_url=closed))
    assert error.problem == Problem.SHEET_UNREACHABLE
    assert error.facts == {"cause": "Connection refused"}
    assert len(waits) == TRIES - 1


def test_g2_a_login_that_cannot_be_connected_to_is_shown_with_the_cause(
    publish: Publish, google: GoogleServer, closed: str
) -> None:
    credentials = encoded({**google.service_account, "token_uri": closed})
    error = refusal(lambda: publish(7, credentials_base64=credentials))
    assert error.problem == Problem.SHEET_UNREACHABLE
    assert error.facts == {"cause": "Connection refused"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>Sign in to the Wi-Fi</html>"),
        (200, ""),
        (502, "<html>Bad gateway</html>"),
        (403, '{"error": "blocked by policy"}'),
        (500, '{"error": {"status": "INTERNAL"}}'),
    ],
)
def test_g2_a_page_of_somebody_else_is_not_taken_for_google_s_answer(
    publish: Publish, waits: list[float], status: int, body: str
) -> None:
    with proxy(status, body) as url:
        error = refusal(lambda: publish(7, api_url=url))
    assert error.problem == Problem.SHEET_UNREACHABLE
    assert len(waits) == TRIES - 1


def test_g2_a_login_that_google_says_may_work_later_does_not_make_the_key_revoked() -> None:
    answer = {"error": "internal_failure"}
    with pytest.raises(PassingReportError) as passing, translated("reporter@uni.example"):
        raise RefreshError("internal_failure: None", answer, retryable=True)
    assert passing.value.problem == Problem.SHEET_UNREACHABLE


@pytest.mark.parametrize("body", ["<html>Blocked</html>", ""])
def test_g2_a_page_of_somebody_else_does_not_make_the_key_revoked(
    publish: Publish, google: GoogleServer, body: str
) -> None:
    with proxy(403, body) as url:
        credentials = encoded({**google.service_account, "token_uri": url})
        error = refusal(lambda: publish(7, credentials_base64=credentials))
    assert error.problem == Problem.SHEET_UNREACHABLE
