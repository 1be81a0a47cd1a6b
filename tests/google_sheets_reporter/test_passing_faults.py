"""G2: what goes by is waited for, a bounded number of times, and no row is written twice."""

from __future__ import annotations

import pytest

from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.sheets.client import PassingReportError
from tests.google_faults import AnswerLost, GoogleServer, Hang, Status, Tab
from tests.google_sheets_reporter.conftest import HEADER, Publish, refusal, rows

TRIES = 6
PASSING = [408, 429, 503]
SHORT = {"timeout_seconds": 0.8}


@pytest.mark.parametrize("writes_only", [False, True], ids=["reading", "writing"])
@pytest.mark.parametrize("status", PASSING)
def test_g2_a_passing_refusal_is_waited_for(
    publish: Publish,
    google: GoogleServer,
    tab: Tab,
    waits: list[float],
    status: int,
    writes_only: bool,
) -> None:
    google.then(Status(status), Status(status), writes_only=writes_only)
    assert publish(7, 8) == Publication(added=2)
    assert tab.rows() == [HEADER, *rows(7, 8)]
    first, second = waits
    assert 2 <= first <= 3
    assert 4 <= second <= 5


@pytest.mark.parametrize(
    "lost",
    [AnswerLost(), AnswerLost(Status(503))],
    ids=["dropped", "503"],
)
@pytest.mark.parametrize("before", [(), (7, 11)], ids=["empty", "filled"])
def test_g2_a_write_whose_answer_is_lost_is_not_done_twice(
    publish: Publish, google: GoogleServer, tab: Tab, lost: AnswerLost, before: tuple[int, ...]
) -> None:
    if before:
        publish(*before)
    writes = google.writes
    google.then(lost)
    added = {7, 8, 9} - {*before}
    assert publish(7, 8, 9) == Publication(added=len(added), unchanged=3 - len(added))
    assert tab.rows() == [HEADER, *rows(*sorted({*before, 7, 8, 9}))]
    assert (google.writes, len(tab.charts)) == (writes + 1, 1)


def test_g2_a_run_after_a_write_that_nobody_heard_of_repairs_and_repeats_nothing(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    reads = [None] * 3
    google.then(*reads, AnswerLost(Status(503)))
    google.always(Status(503))
    refusal(lambda: publish(7, 8))
    google.always(None)
    assert publish(7, 8, 9) == Publication(added=1, unchanged=2)
    assert tab.rows() == [HEADER, *rows(7, 8, 9)]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (429, Problem.SHEET_QUOTA),
        (500, Problem.SHEET_UNREACHABLE),
        (503, Problem.SHEET_UNREACHABLE),
    ],
)
def test_g2_a_refusal_that_does_not_pass_ends_the_waiting(
    publish: Publish, google: GoogleServer, waits: list[float], status: int, problem: Problem
) -> None:
    google.always(Status(status))
    error = refusal(lambda: publish(7))
    assert isinstance(error, PassingReportError)
    assert error.problem == problem
    assert [call.path for call in google.calls if call.path == "/token"] == ["/token"] * TRIES
    assert len(google.calls) == 2 * TRIES
    assert len(waits) == TRIES - 1


def test_g2_the_waits_grow_and_outlast_the_minute_of_a_quota(
    publish: Publish, google: GoogleServer, waits: list[float]
) -> None:
    google.always(Status(429))
    refusal(lambda: publish(7))
    assert waits == sorted(waits)
    assert 60 < sum(waits) < 120


def test_g2_every_call_that_hangs_has_a_timeout(
    publish: Publish, google: GoogleServer, tab: Tab, waits: list[float]
) -> None:
    google.then(Hang(), None, Hang(), writes_only=False)
    google.then(Hang(), writes_only=True)
    publish(7, **SHORT)
    assert tab.rows() == [HEADER, *rows(7)]
    assert len(waits) == 3


def test_g2_a_google_that_hangs_for_ever_is_given_up(
    publish: Publish, google: GoogleServer, waits: list[float]
) -> None:
    google.always(Hang())
    error = refusal(lambda: publish(7, timeout_seconds=0.05))
    assert error.problem == Problem.SHEET_UNREACHABLE
    assert len(waits) == TRIES - 1
