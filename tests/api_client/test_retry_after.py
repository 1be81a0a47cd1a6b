"""`Retry-After` is obeyed as far as it makes sense (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.grader.request import YEAR_SECONDS, retry_after_seconds
from etl.models.errors import Problem
from tests.api_client.conftest import NOW, WEEK, Client, failure
from tests.grader_faults import GraderServer, Status

SENSE = {
    "2": 2,
    " 300 ": 300,
    "Tue, 10 Mar 2026 06:00:30 GMT": 30,
    "Tue, 10 Mar 2026 09:00:30 +0300": 30,
    "Tuesday, 10-Mar-26 06:00:30 GMT": 30,
    "9" * 5000: YEAR_SECONDS,
    "Fri, 31 Dec 9999 23:59:59 -1200": YEAR_SECONDS,
}
NONSENSE = [
    "soon",
    "-5",
    "1.5",
    "Tue, 10 Mar 2026 05:00:00 GMT",
    "Tue, 10 Mar 99999999999999999999 07:00:00 GMT",
    "Tue, 10 Mar 2026 07:00:00 +99999999999",
]


def busy(retry_after: str, code: int = 503) -> Status:
    return Status(code, {"Retry-After": retry_after})


def test_a2_seconds_and_dates_are_understood_and_anything_else_is_none() -> None:
    assert {header: retry_after_seconds(header, NOW) for header in SENSE} == SENSE
    assert [header for header in NONSENSE if retry_after_seconds(header, NOW) is not None] == []


@pytest.mark.parametrize(
    ("code", "header", "seconds"), [(429, "2", 2), (503, "300", 300), (503, "soon", None)]
)
def test_a2_a_short_wait_is_obeyed_to_the_second_and_nonsense_ignored(
    grader: GraderServer,
    client: Client,
    waits: list[float],
    code: int,
    header: str,
    seconds: float | None,
) -> None:
    grader.then(busy(header, code))
    assert client(deadline_seconds=900).fetch(WEEK).tries == 2
    (wait,) = waits
    assert wait == seconds if seconds else 1 <= wait <= 2


@pytest.mark.parametrize(
    ("header", "again"),
    [
        ("301", "2026-03-10 06:05 UTC"),
        ("Tue, 10 Mar 2026 15:30:00 +0300", "2026-03-10 12:30 UTC"),
        ("9" * 5000, "2027-03-10 06:00 UTC"),
    ],
    ids=lambda text: text[:40],
)
def test_a2_above_the_cap_it_fails_at_once_and_says_when_to_come_back(
    grader: GraderServer, client: Client, waits: list[float], header: str, again: str
) -> None:
    """In UTC, whatever the clock shows."""
    grader.always(busy(header))
    moscow = NOW.astimezone(ZoneInfo("Europe/Moscow"))
    error = failure(client(now=lambda: moscow))
    assert error.problem is Problem.API_BUSY
    assert error.facts["said"] == "HTTP 503 Service Unavailable"
    assert f"{error.facts['again']:%Y-%m-%d %H:%M %Z}" == again
    assert (len(grader.requests), waits) == (1, [])


def test_a2_a_wait_beyond_the_deadline_is_not_begun(
    grader: GraderServer, client: Client, waits: list[float]
) -> None:
    grader.always(busy("200"))
    assert failure(client(deadline_seconds=100)).problem is Problem.API_BROKEN
    assert (len(grader.requests), waits) == (1, [])


DATE_LIKE = st.from_regex(
    r"\w{3}, \d{1,12} \w{3} \d{1,25} \d{1,25}:\d+:\d+ ([+-]\d{1,25}|GMT)", fullmatch=True
)


@given(st.text() | st.from_regex(r"-?\d+", fullmatch=True) | DATE_LIKE)
@example("Mon, 01 Jan 0001 00:00:00 +2300")
@settings(deadline=None)
def test_a2_any_header_gives_a_time_that_can_be_waited_for_or_none(header: str) -> None:
    seconds = retry_after_seconds(header, datetime(2026, 3, 10, tzinfo=UTC))
    assert seconds is None or 0 <= seconds <= YEAR_SECONDS
