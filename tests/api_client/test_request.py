"""What the grader is asked for, and in which slices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from queue import SimpleQueue
from zoneinfo import ZoneInfo

import pytest

from etl.components.api_client import APIClient
from etl.demo.campus import record
from etl.models.errors import ExtractError
from etl.models.records import Answer
from etl.models.window import Window
from tests.api_client.conftest import KEY, RECORDS, WEEK, Client, values
from tests.grader_faults import Above, Exchange, GraderServer, Status, as_json

NEW_YORK = ZoneInfo("America/New_York")


def test_the_query_names_the_client_and_the_window_in_utc(
    grader: GraderServer, client: Client
) -> None:
    days = Window.of_days(date(2026, 3, 7), date(2026, 3, 9), ZoneInfo("Europe/Moscow"))
    answer = client().fetch(days)
    (request,) = grader.requests
    assert request.query == {
        "client": "demo university",
        "client_key": KEY,
        "start": "2026-03-06 21:00:00.000000",
        "end": "2026-03-09 21:00:00.000000",
    }
    assert values(answer) == RECORDS
    assert (answer.window, answer.tries) == (days, 1)
    assert 0 < answer.waited_seconds < 5


@pytest.mark.parametrize(
    ("first", "last", "zone", "cuts"),
    [
        ("2026-03-01", "2026-03-16", "Europe/Moscow", "02-28T21 03-07T21 03-14T21 03-16T21"),
        ("2026-03-05", "2026-03-18", "America/New_York", "03-05T05 03-12T04 03-19T04"),
        ("2026-10-30", "2026-11-06", "America/New_York", "10-30T04 11-06T05 11-07T05"),
    ],
    ids=["no summer time", "a night that loses an hour", "a night that gains an hour"],
)
def test_slices_are_seven_local_days_and_the_oldest_comes_first(
    grader: GraderServer, client: Client, first: str, last: str, zone: str, cuts: str
) -> None:
    days = map(date.fromisoformat, (first, last))
    fetch_all(client(), Window.of_days(*days, ZoneInfo(zone)))
    moments = [datetime.fromisoformat(f"2026-{cut}:00:00+00:00") for cut in cuts.split()]
    assert asked(grader) == list(pairwise(moments))


def test_halves_of_some_days_are_whole_local_days(grader: GraderServer, client: Client) -> None:
    grader.always(Above(timedelta(hours=25), Status(504)))
    autumn = Window.of_days(date(2026, 10, 31), date(2026, 11, 2), NEW_YORK)
    answers = fetch_all(client(), autumn)
    assert [answer.window.length / timedelta(hours=1) for answer in answers] == [24, 25, 24]


def test_parts_of_a_day_leave_no_gap(grader: GraderServer, client: Client) -> None:
    grader.always(Above(timedelta(hours=5), Status(504)))
    day = Window.of_days(date(2026, 11, 1), date(2026, 11, 1), NEW_YORK)
    parts = [answer.window for answer in fetch_all(client(), day)]
    assert max(part.length for part in parts) <= timedelta(hours=5)
    assert [part.start for part in parts] == [day.start, *(part.end for part in parts[:-1])]
    assert parts[-1].end == day.end


def test_a13_what_lies_outside_of_the_window_is_handed_on_for_counting(
    grader: GraderServer, client: Client
) -> None:
    outside = [record(created_at=str(WEEK.end.replace(tzinfo=None))), record(created_at="0001")]
    grader.then(as_json(outside))
    assert values(client().fetch(WEEK)) == outside


def test_no_connection_is_kept_after_fetch(grader: GraderServer, client: Client) -> None:
    left: SimpleQueue[bool] = SimpleQueue()

    def answer_and_watch(exchange: Exchange) -> None:
        exchange.good()(exchange)
        left.put(exchange.ended(within_seconds=1))

    grader.then(answer_and_watch)
    kept = client()
    kept.fetch(WEEK)
    assert left.get(timeout=2)


def test_check_asks_for_the_last_minute_and_raises_what_a_run_would_meet(
    grader: GraderServer, client: Client
) -> None:
    told = client().check()
    assert asked(grader) == [
        (datetime(2026, 3, 10, 5, 59, tzinfo=UTC), datetime(2026, 3, 10, 6, 0, tzinfo=UTC))
    ]
    assert told.endswith(" s, 50 records")
    grader.always(Status(403))
    with pytest.raises(ExtractError):
        client().check()


def fetch_all(api: APIClient, window: Window) -> list[Answer]:
    answers: list[Answer] = []
    rest: Window | None = window
    while rest:
        answers.append(api.fetch(rest))
        rest = rest.after(answers[-1].window)
    return answers


def asked(grader: GraderServer) -> list[tuple[datetime, datetime]]:
    return [(request.start, request.end) for request in grader.requests]
