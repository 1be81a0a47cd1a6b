"""G2, P8: nothing, silence, or somebody else answers where Google or its login should be."""

from __future__ import annotations

from itertools import count
from math import inf
from typing import Any

import pytest
from google.auth.exceptions import RefreshError

from etl.models.errors import Problem
from etl.models.http_session import HTTPSession
from etl.sheets.client import PassingReportError, translated
from tests.google_faults import GoogleServer
from tests.google_sheets_reporter.conftest import (
    Page,
    Publish,
    Reporter,
    encoded,
    figures,
    refusal,
    silence,
    task,
)

TRIES = 6
ODD: list[Any] = [[], "text", 5, None, {}, {"error": {}}, {"status": "ok"}]


@pytest.fixture
def logs_in_at(publish: Publish, google: GoogleServer) -> Any:
    """Publishes with a key whose login is at that URL, and returns the error."""

    def ask(url: str, **overrides: Any) -> Any:
        credentials = encoded({**google.service_account, "token_uri": url})
        return refusal(lambda: publish(7, credentials_base64=credentials, **overrides))

    return ask


def test_g2_a_login_that_hangs_for_ever_is_given_up(logs_in_at: Any, waits: list[float]) -> None:
    with silence() as url:
        error = logs_in_at(url, timeout_seconds=0.05)
    assert error.problem == Problem.SHEET_UNREACHABLE
    assert len(waits) == TRIES - 1


@pytest.mark.parametrize("status", [429, 503])
def test_g2_a_login_that_fails_is_waited_for_by_us_alone(
    logs_in_at: Any, waits: list[float], status: int
) -> None:
    with Page(status, "{}") as page:
        error = logs_in_at(page.url)
    assert (error.problem, error.facts) == (Problem.SHEET_UNREACHABLE, {"said": f"HTTP {status}"})
    assert len(waits) == TRIES - 1


def test_g2_what_cannot_be_connected_to_is_shown_with_the_cause(
    publish: Publish, logs_in_at: Any, closed: str, waits: list[float]
) -> None:
    for error in (refusal(lambda: publish(7, api_url=closed)), logs_in_at(closed)):
        assert error.problem == Problem.SHEET_UNREACHABLE
        assert error.facts["said"] == "Connection refused"
    assert len(waits) == 2 * (TRIES - 1)


def test_g2_a_login_that_google_says_may_work_later_does_not_make_the_key_revoked() -> None:
    answer = {"error": "internal_failure"}
    session = HTTPSession({}, timeout_seconds=5, deadline=inf, bytes_at_most=0)
    with pytest.raises(PassingReportError) as passing, translated("reporter@uni.example", session):
        raise RefreshError("internal_failure: None", answer, retryable=True)
    assert passing.value.problem == Problem.SHEET_UNREACHABLE


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>Sign in to the Wi-Fi</html>"),
        (200, '{"sheets": "of paper"}'),
        (200, "[" * 100_000),
        (400, '{"error": []}'),
        (403, '{"error": "blocked by policy"}'),
        (500, '{"error": {"status": "INTERNAL"}}'),
    ],
)
def test_p8_an_answer_of_somebody_else_is_not_google_s(
    publish: Publish, waits: list[float], status: int, body: str
) -> None:
    with Page(status, body) as page:
        error = refusal(lambda: publish(7, api_url=page.url))
    assert (error.problem, len(waits)) == (Problem.SHEET_FOREIGN_ANSWER, TRIES - 1)
    assert str(error.facts["said"]).startswith(f"HTTP {status} ")
    assert body[:100] in str(error.facts["said"])


@pytest.mark.parametrize("status", [403, 502])
def test_p8_xw1_a_page_of_somebody_else_is_quoted_without_the_login_that_it_repeats(
    publish: Publish, waits: list[float], status: int
) -> None:
    with Page(status, "<html>Blocked: {Authorization}</html>") as page:
        error = refusal(lambda: publish(7, api_url=page.url))
    assert error.problem == Problem.SHEET_UNREACHABLE
    assert str(error.facts["said"]).startswith(f"HTTP {status} ")
    assert str(error.facts["said"]).endswith(": <html>Blocked: Bearer ***</html>")
    assert len(waits) == TRIES - 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        *[(200, body) for body in ("[]", '"x"', "null", "{}", "<html>", "", "[" * 100_000)],
        (200, '{"access_token": null}'),
        (200, '{"access_token": "\u0442\u043e\u043a\u0435\u043d"}'),
        (200, '{"access_token": "a", "expires_in": "soon"}'),
        *[(400, body) for body in ("[]", "5", "{}", '{"error": 5}', "<html>")],
    ],
)
def test_p8_a_login_that_somebody_else_answers_may_pass(
    logs_in_at: Any, waits: list[float], status: int, body: str
) -> None:
    with Page(status, body) as page:
        error = logs_in_at(page.url)
    assert (error.problem, len(waits)) == (Problem.SHEET_FOREIGN_ANSWER, TRIES - 1)


class Proxied(GoogleServer):
    """Answers its call number `at` with something else, and keeps what a write did."""

    def __init__(self, at: int, answer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.at, self.answer, self.numbers = at, answer, count()

    def apply(self, method: str, target: str, body: Any) -> Any:
        true = super().apply(method, target, body)
        return self.answer if next(self.numbers) == self.at else true


# Calls 0 and 1 read, 2 writes the days, 3 the tasks, and the others read back.
CALLS_AND_ANSWERS: list[tuple[int, Any]] = [
    *((at, {}) for at in range(7)),
    *((0, answer) for answer in ODD),
    *((0, {"properties": {"title": "x"}, "sheets": [sheet]}) for sheet in (5, {})),
    *((1, {"valueRanges": ranges}) for ranges in (None, [], [5], [{}] * 3)),
    *((2, {"replies": replies}) for replies in (None, [], [{}] * 99)),
]


@pytest.mark.parametrize(("at", "answer"), CALLS_AND_ANSWERS)
def test_p8_another_answer_passes(
    reporter: Reporter, waits: list[float], at: int, answer: Any
) -> None:
    with Proxied(at, answer) as google:
        there = {"credentials_base64": google.credentials_base64, "api_url": google.url}
        written = reporter(**there).publish([figures(7)], [task(1)])
        assert len(google.spreadsheet.tabs) == 2
        assert google.writes == 2
    assert (written.differing, written.tasks_differ, len(waits)) == ((), False, at < 6)
