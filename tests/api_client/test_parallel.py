"""Several slices asked for at once: in order, bounded, and fewer when the grader has enough."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Barrier, Event, Lock
from zoneinfo import ZoneInfo

import pytest

from etl.models.errors import ExtractError, Problem
from etl.models.records import Answer
from etl.models.window import Window
from etl.pipeline.fetching import fetch_in_order
from tests.api_client.conftest import RECORDS, Client, values
from tests.grader_faults import (
    Behaviour,
    Exchange,
    GraderServer,
    Status,
    as_json,
    hang,
)

SECONDS = 10
FIRST = date(2026, 1, 5)
WEEKS = Window.of_days(FIRST, FIRST + timedelta(days=7 * 8 - 1), ZoneInfo("UTC"))
GOOD = None
BUSY = Status(429)


def week_of(exchange: Exchange) -> int:
    return (exchange.request.start - WEEKS.start).days // 7


@dataclass
class Crowd:
    """Answers as `rule` says, who is told how many are asking; `sizes` has these numbers."""

    rule: Callable[[Exchange, int], Behaviour | None]
    sizes: list[int] = field(default_factory=list)
    _now: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, exchange: Exchange) -> None:
        with self._lock:
            self._now += 1
            size = self._now
            self.sizes.append(size)
        try:
            behaviour = self.rule(exchange, size)
        finally:
            with self._lock:  # before the client can know and ask anew
                self._now -= 1
        (behaviour or exchange.good())(exchange)


def weeks(answers: Iterator[Answer]) -> list[int]:
    """Which week each answer begins with; all of them have their records."""
    found = []
    for answer in answers:
        assert values(answer) == RECORDS
        found.append((answer.window.start - WEEKS.start).days // 7)
    return found


def test_a15_so_many_are_asked_for_at_once_and_come_in_their_order(
    grader: GraderServer, client: Client
) -> None:
    together, gone = Barrier(4), [Event() for _ in range(9)]
    gone[8].set()

    def rule(exchange: Exchange, _: int) -> Behaviour | None:
        """Four at once, of which the last is answered first."""
        week = week_of(exchange)
        together.wait(SECONDS)
        assert gone[week + 1 if week % 4 < 3 else 8].wait(SECONDS)
        gone[week].set()
        return GOOD

    crowd = Crowd(rule)
    grader.always(crowd)
    assert weeks(fetch_in_order(WEEKS, client(parallel_requests=4))) == [*range(8)]
    assert len(crowd.sizes) == 8
    assert max(crowd.sizes) == 4


def test_a15_without_the_setting_one_is_asked_for_after_the_other(
    grader: GraderServer, client: Client
) -> None:
    crowd = Crowd(lambda *_: GOOD)
    grader.always(crowd)
    assert weeks(fetch_in_order(WEEKS, client())) == [*range(8)]
    assert crowd.sizes == [1] * 8


def test_a15_nothing_more_is_asked_for_while_the_oldest_is_missing(
    grader: GraderServer, client: Client
) -> None:
    """So many answers wait at most: each is a file."""
    others_came, asked = threading.Semaphore(0), []

    def rule(exchange: Exchange, _: int) -> Behaviour | None:
        if week_of(exchange):
            others_came.release()
        else:
            assert all(others_came.acquire(timeout=SECONDS) for _ in range(2))
            asked.append(others_came.acquire(timeout=0.3))
        return GOOD

    grader.always(Crowd(rule))
    assert weeks(fetch_in_order(WEEKS, client(parallel_requests=3))) == [*range(8)]
    assert asked == [False]


def test_a15_a_refusal_halves_how_many_are_asked_for_at_once(
    grader: GraderServer,
    client: Client,
    waits: list[float],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Four at once that all hear it count as one; the wait is the grader's."""
    caplog.set_level("INFO", logger="etl")
    together, refusal = Barrier(4), Status(503, {"Retry-After": "7"})

    def rule(exchange: Exchange, _: int) -> Behaviour | None:
        if len(crowd.sizes) > 4:
            return GOOD
        together.wait(SECONDS)
        return refusal

    crowd = Crowd(rule)
    grader.always(crowd)
    with closing(fetch_in_order(WEEKS, client(parallel_requests=4))) as answers:
        first = next(answers)
        assert weeks(answers) == [*range(1, 8)]
    assert first.tries == 2
    assert waits == [7] * 4
    assert max(crowd.sizes[4:]) <= 2
    said = "api_broken (said=HTTP 503 Service Unavailable)"
    assert caplog.messages == [f"extract: at most 2 at once from now on ({said})"]


@pytest.mark.parametrize("able", [1, 3])
@pytest.mark.parametrize("refusal", [BUSY, hang])
def test_a15_a_grader_that_can_do_fewer_is_asked_by_fewer_and_gives_all(
    grader: GraderServer, client: Client, able: int, refusal: Behaviour
) -> None:
    """It takes longer than the tries of one slice, which do not wait here."""

    def rule(exchange: Exchange, size: int) -> Behaviour | None:
        if size > able:
            return refusal
        exchange.ended(within_seconds=0.1)
        return GOOD

    grader.always(Crowd(rule))
    api = client(parallel_requests=8, timeout_seconds=0.8)
    assert weeks(fetch_in_order(WEEKS, api)) == [*range(8)]


def test_a15_who_waits_for_a_turn_loses_no_time_of_its_own(
    grader: GraderServer, client: Client
) -> None:
    """Each of eight takes a sixth of the deadline, one after the other."""

    def rule(exchange: Exchange, size: int) -> Behaviour | None:
        exchange.ended(within_seconds=0.4)
        return BUSY if size > 1 else GOOD

    grader.always(Crowd(rule))
    api = client(parallel_requests=8, deadline_seconds=2.4)
    assert weeks(fetch_in_order(WEEKS, api)) == [*range(8)]


def test_a15_what_is_too_much_at_once_is_halved_in_each_and_nothing_is_missing(
    grader: GraderServer, client: Client
) -> None:
    day = timedelta(days=1)
    too_large = Status(200, body=b"[" + b" " * 2_000 + b"]")

    def rule(exchange: Exchange, _: int) -> Behaviour | None:
        length = exchange.request.end - exchange.request.start
        return too_large if length > 2 * day else Status(200, body=b"[]")

    grader.always(Crowd(rule))
    api = client(parallel_requests=4, bytes_at_most=1_000)
    rest: Window | None = WEEKS
    for answer in fetch_in_order(WEEKS, api):
        assert rest
        assert answer.window.start == rest.start
        rest = rest.after(answer.window)
    assert rest is None


def test_a15_a_failed_slice_gives_those_before_it_and_ends_those_behind(
    grader: GraderServer, client: Client
) -> None:
    later_is_asked, ended = Event(), Event()

    def rule(exchange: Exchange, _: int) -> Behaviour | None:
        week = week_of(exchange)
        if week < 2:
            return GOOD
        if week == 2:
            later_is_asked.wait(SECONDS)
            return Status(403)
        later_is_asked.set()
        if exchange.ended(SECONDS):
            ended.set()
        return GOOD

    grader.always(Crowd(rule))
    with closing(fetch_in_order(WEEKS, client(parallel_requests=4))) as answers:
        assert [values(next(answers)) for _ in range(2)] == [RECORDS] * 2
        with pytest.raises(ExtractError) as caught:
            next(answers)
    assert caught.value.problem is Problem.API_CREDENTIALS
    assert ended.wait(SECONDS)


def test_a15_a_disk_without_room_for_one_costs_none_before_it(
    grader: GraderServer, client: Client, small_files: int
) -> None:
    large = as_json(["x" * 1024] * (2 * small_files // 1024))
    grader.always(Crowd(lambda exchange, _: large if week_of(exchange) == 2 else GOOD))
    taken = []
    with pytest.raises(ExtractError) as caught:
        taken.extend(map(values, fetch_in_order(WEEKS, client(parallel_requests=4))))
    assert caught.value.problem is Problem.NO_ROOM
    assert taken == [RECORDS] * 2


@pytest.fixture
def small_files() -> Iterator[int]:
    """How many bytes a file of this process may have: beyond them the system has no room."""
    resource = pytest.importorskip("resource", reason="POSIX alone")
    size = 1 << 20
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    yield size
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def ends_with_its_threads(grader: GraderServer, before: set[threading.Thread]) -> None:
    grader.shutdown()
    for thread in set(threading.enumerate()) - before:
        thread.join(2)
        assert not thread.is_alive()


@pytest.mark.parametrize("server", ["grader", "secure_grader"])
def test_a15_closed_it_ends_all_connections_and_threads_at_once(
    server: str,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    caplog.set_level("INFO", logger="etl")
    grader: GraderServer = request.getfixturevalue(server)
    ended, before, together = threading.Semaphore(0), set(threading.enumerate()), Barrier(5)

    def rule(exchange: Exchange, _: int) -> Behaviour | None:
        if week_of(exchange) == 0:
            return GOOD
        together.wait(SECONDS)
        exchange.ended(SECONDS)
        ended.release()
        return hang

    grader.always(Crowd(rule))
    answers = fetch_in_order(WEEKS, client(grader.url, parallel_requests=4))
    next(answers)
    together.wait(SECONDS)
    answers.close()
    assert all(ended.acquire(timeout=2) for _ in range(4))
    ends_with_its_threads(grader, before)
    assert caplog.messages == []


@pytest.mark.parametrize("code", [429, 500])
def test_a15_closed_while_threads_wait_to_try_again_it_asks_no_more(
    grader: GraderServer, client: Client, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    """These wait for real: for the time that the grader said, or for their turn."""
    together, is_waiting, before = Barrier(4), Event(), set(threading.enumerate())

    def rule(exchange: Exchange, _: int) -> Behaviour | None:
        if week_of(exchange) == 0:
            return GOOD
        together.wait(SECONDS)
        return Status(code, {"Retry-After": "50"})

    def note(_: logging.LogRecord) -> bool:
        is_waiting.set()
        return True

    grader.always(Crowd(rule))
    caplog.set_level("INFO", logger="etl")
    with caplog.filtering(note):
        answers = fetch_in_order(WEEKS, client(parallel_requests=4, sleep=None))
        next(answers)
        assert is_waiting.wait(SECONDS)
    answers.close()
    ends_with_its_threads(grader, before)
    assert len(grader.requests) == 5
