"""P8: a 200 with JSON that is not Google's, on each call, is a fault that may pass."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from etl.demo.google.server import GoogleServer
from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.texts import catalogues
from tests.google_sheets_reporter.conftest import (
    Publish,
    Reporter,
    encoded,
    figures,
    proxy,
    refusal,
    task,
)

TRIES = 6
PROPERTIES = {"properties": {"title": "Attempts"}}
SHEET = {"properties": {"sheetId": 0, "title": "Отчёт"}}
ODD: list[Any] = [[], "text", 5, None, {}, {"error": {}}, {"sheets": None}, {"status": "ok"}]
ODD_METADATA: list[Any] = [
    *[{**PROPERTIES, "sheets": sheets} for sheets in ([], [5], [{}], [{"properties": {}}], "x")],
    {"sheets": [SHEET]},
    {**PROPERTIES, "sheets": [{**SHEET, "charts": [{}]}]},
    {**PROPERTIES, "sheets": [{"properties": {"sheetId": "0", "title": 5}}]},
    {**PROPERTIES, "sheets": [{"properties": {"title": "x", "gridProperties": [1]}}]},
    *[
        {**PROPERTIES, "sheets": [{"properties": {"title": "x", "gridProperties": size}}]}
        for size in ({"rowCount": -1, "columnCount": -1}, {"rowCount": "1"}, {"rowCount": 1e99})
    ],
]
ODD_VALUES: list[Any] = [
    {"valueRanges": value}
    for value in (None, [], [5], [{}], [{"range": "A1", "values": 5}], [{"range": "A1"}] * 3)
] + [{"valueRanges": [{"range": "A1", "values": values}]} for values in (["x"], [[{}]], [[[]]])]
ODD_REPLIES: list[Any] = [{"replies": replies} for replies in (None, [], [{}], [5] * 40, {}, "x")]


class Proxied(GoogleServer):
    """Answers its call number `at` with something else, and keeps what a write did."""

    def __init__(self, at: int, answer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.at, self.answer, self.numbers = at, answer, count()

    def apply(self, method: str, target: str, body: Any) -> Any:
        true = super().apply(method, target, body)
        return self.answer if next(self.numbers) == self.at else true


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        *[(at, answer) for at in range(7) for answer in ODD],
        *[(0, answer) for answer in ODD_METADATA],
        *[(1, answer) for answer in ODD_VALUES],
        *[(at, answer) for at in (2, 3) for answer in ODD_REPLIES],
    ],
)
def test_p8_another_answer_passes(
    reporter: Reporter, waits: list[float], at: int, answer: Any
) -> None:
    """Calls 0 and 1 read, 2 writes the days, 3 the tasks, and the others read back."""
    with Proxied(at, answer) as google:
        there = {"credentials_base64": google.credentials_base64, "api_url": google.url}
        written = reporter(**there).publish([figures(7)], [task(1)])
        assert len(google.spreadsheet.tabs) == 2
        assert google.writes == 2
    assert (written.differing, written.tasks_differ, len(waits)) == ((), False, at < 6)


@pytest.fixture
def always_odd(reporter: Reporter) -> Iterator[Any]:
    with proxy(200, '{"sheets": "of paper"}') as url:
        yield reporter(api_url=url)


def test_p8_what_does_not_pass_is_shown_as_what_it_is(always_odd: Any, waits: list[float]) -> None:
    error = refusal(always_odd.check)
    assert (error.problem, len(waits)) == (Problem.SHEET_UNREACHABLE, TRIES - 1)
    said = [catalogue.what_happened(error.problem, error.facts) for catalogue in catalogues()]
    assert all("Google" in text and "Error" not in text for text in said)
    assert len({*said}) == len(said)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        *[(200, body) for body in ("[]", '"x"', "5", "null", "{}", "<html>", "", "[" * 100_000)],
        (200, '{"access_token": null}'),
        (200, '{"access_token": ""}'),
        (200, '{"access_token": 5}'),
        (200, '{"access_token": "\u0442\u043e\u043a\u0435\u043d"}'),
        (200, '{"access_token": "a\\nb"}'),
        (200, '{"access_token": "a", "expires_in": "soon"}'),
        *[(400, body) for body in ("[]", "5", "null", "{}", '{"error": 5}', '{"error": {}}')],
    ],
)
def test_p8_a_login_that_somebody_else_answers_may_pass(
    publish: Publish, google: GoogleServer, waits: list[float], status: int, body: str
) -> None:
    with proxy(status, body) as url:
        credentials = encoded({**google.service_account, "token_uri": url})
        error = refusal(lambda: publish(7, credentials_base64=credentials))
    assert (error.problem, len(waits)) == (Problem.SHEET_UNREACHABLE, TRIES - 1)


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize(
    "body",
    [
        "<html>Blocked</html>",
        '{"error": {"code": 403, "details": 5}}',
        '{"error": {"code": 403, "details": [5]}}',
        '{"error": {"code": 403, "message": ["x"]}}',
        '{"error": []}',
    ],
)
def test_p8_a_refusal_of_somebody_else_is_not_google_s(
    publish: Publish, waits: list[float], status: int, body: str
) -> None:
    with proxy(status, body) as url:
        error = refusal(lambda: publish(7, api_url=url))
    assert (error.problem, len(waits)) == (Problem.SHEET_UNREACHABLE, TRIES - 1)


def test_p8_an_answer_with_fields_of_tomorrow_is_google_s(reporter: Reporter) -> None:
    class Tomorrow(GoogleServer):
        def apply(self, method: str, target: str, body: Any) -> Any:
            return {"news": [{}], **super().apply(method, target, body)}

    with Tomorrow() as google:
        there = {"credentials_base64": google.credentials_base64, "api_url": google.url}
        assert reporter(**there).publish([figures(7)]) == Publication(added=1)
