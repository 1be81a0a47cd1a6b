"""Answers that are too slow or too large: bounded in time and memory, asked for again in halves."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

import pytest

from etl.models.errors import Problem
from tests.api_client.conftest import HOUR, RECORDS, WEEK, Client, drip, failure, values
from tests.grader_faults import (
    Above,
    Behaviour,
    Drip,
    GraderServer,
    Status,
    as_json,
    endless,
    gzip_bomb,
    hang,
)

MEGABYTE = 1 << 20
LINK = "<https://x/?client_key=k&rel=next>"
PARTS = [
    {"Link": f'{LINK}; title="a=b"; Rel="last NEXT", <x>; rel=prev'},
    {"link": f"<x>; rel=self,{LINK};rel='next'"},
    {"Content-Range": "items 0-49/180"},
    {"X-Items-Total": "51"},
    {"X-Pages": "2"},
    {"X-Results-Truncated": "true"},
    {"Pagination": "page=1; pages=2"},
    {"X-Next-Page": "2"},
    {"X-Has-More": "True"},
    {"X-Pagination": '{"TotalCount": 50, "has_next": true}'},
]
WHOLE = [
    {"Link": f'{LINK}; rel="prev last"; title="the next", <x>; rel="next-archive"'},
    {"Content-Range": "items 0-49/50", "X-Total-Count": "50", "X-Total-Pages": "1"},
    {"Content-Range": "0-49/*", "X-Next-Page": "", "X-Has-More": "false"},
    {"Content-Range": "bytes 0-5999/6000", "X-Pagination": '{"total": 50, "next_page": null}'},
    {"X-Page-Count": "50", "X-Page-Size": "100", "X-Page": "1", "X-Total-Pages": "1"},
    {"X-Pagination": "none", "X-Nextjs-Cache": "HIT", "X-Total-Time": "180", "X-Total": "-"},
]
TOO_SLOW = [hang, Status(504), Status(524)]
TOO_LARGE = [endless, gzip_bomb]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = HEAD + b"Content-Encoding: gzip\r\n\r\n" + b"\x1f\x8b\x08" + bytes(7)
EMPTY_DEFLATE_BLOCK = b"\x00\x00\x00\xff\xff"
DRIPS = {
    "the status line": drip(b"HTTP/1.1 200 ", b"O"),
    "a header": drip(b"HTTP/1.1 200 OK\r\nX-Endless: ", b"x"),
    "the body": Drip(0.02),
    "a chunk's length": drip(CHUNKED, b"0"),
    "what follows the last chunk": drip(CHUNKED + b"2\r\n[]\r\n0\r\n", b"A: b\r\n"),
    "gzip that holds nothing": drip(GZIP, EMPTY_DEFLATE_BLOCK),
    "the body of a refusal": drip(b"HTTP/1.1 500 Oops\r\n", b"A: b\r\n"),
}


@pytest.mark.parametrize("behaviour", DRIPS.values(), ids=DRIPS)
def test_a6_a_drip_ends_at_the_deadline_although_it_never_falls_silent(
    grader: GraderServer, client: Client, behaviour: Behaviour
) -> None:
    grader.always(behaviour)
    begun = monotonic()
    error = failure(client(deadline_seconds=0.3))
    assert monotonic() - begun < 2
    assert error.problem is Problem.API_TOO_SLOW
    assert len(grader.requests) <= 2  # a busy machine's own silence of 0.3 s halves a slice


def test_a6_the_deadline_holds_under_tls(secure_grader: GraderServer, client: Client) -> None:
    secure_grader.then(DRIPS["a header"])
    error = failure(client(secure_grader.url, deadline_seconds=0.8))
    assert error.problem is Problem.API_TOO_SLOW


@pytest.mark.parametrize("behaviour", TOO_SLOW, ids=["silence", "504", "524"])
def test_a10_what_is_too_slow_is_halved_until_it_answers(
    grader: GraderServer, client: Client, waits: list[float], behaviour: Behaviour
) -> None:
    grader.always(Above(timedelta(days=2), behaviour))
    answer = client(timeout_seconds=0.8).fetch(WEEK)
    assert lengths(grader) == [timedelta(days=7), timedelta(days=3), timedelta(days=1)]
    assert values(answer) == RECORDS
    assert (answer.window.start, answer.window.length) == (WEEK.start, timedelta(days=1))
    assert waits == []


def test_a10_a_silence_in_the_middle_of_the_body_counts_as_too_slow(
    grader: GraderServer, client: Client
) -> None:
    grader.then(Status(200, {"Content-Length": "50"}, b"["))
    assert client(timeout_seconds=0.8).fetch(WEEK).window.length == timedelta(days=3)


def test_a10_the_answer_has_tries_and_time_of_all_halves_and_later_calls_ask_for_no_more(
    grader: GraderServer, client: Client
) -> None:
    grader.then(Status(500), hang, Status(504))
    api = client(timeout_seconds=0.8)
    answer = api.fetch(WEEK)
    assert answer.tries == len(grader.requests) == 4
    assert answer.waited_seconds >= 0.3
    api.fetch(WEEK)
    assert [length.days for length in lengths(grader)] == [7, 7, 3, 1, 1]


@pytest.mark.parametrize(
    ("behaviour", "problem"), [(Status(504), Problem.API_BROKEN), (hang, Problem.API_TOO_SLOW)]
)
def test_a10_it_gives_up_at_one_hour_after_five_tries(
    grader: GraderServer,
    client: Client,
    waits: list[float],
    behaviour: Behaviour,
    problem: Problem,
) -> None:
    grader.always(behaviour)
    assert failure(client(timeout_seconds=0.2)).problem is problem
    hours = [length / timedelta(hours=1) for length in lengths(grader)]
    assert hours == [168, 72, 24, 12, 6, 3, 1.5, 1, 1, 1, 1, 1]
    assert len(waits) == 4


def test_a10_each_half_has_a_deadline_of_its_own(grader: GraderServer, client: Client) -> None:
    grader.then(hang)
    answer = client(timeout_seconds=2, deadline_seconds=0.8).fetch(WEEK)
    assert answer.tries == 2
    assert answer.waited_seconds < 2


@pytest.mark.parametrize("behaviour", TOO_LARGE)
def test_a7_what_is_too_large_is_halved_until_it_fits(
    grader: GraderServer, client: Client, behaviour: Behaviour
) -> None:
    grader.always(Above(timedelta(days=2), behaviour))
    answer = client(bytes_at_most=MEGABYTE).fetch(WEEK)
    assert [length.days for length in lengths(grader)] == [7, 3, 1]
    assert (values(answer), answer.tries) == (RECORDS, 3)


@pytest.mark.parametrize("behaviour", TOO_LARGE)
def test_a7_an_hour_that_is_too_large_is_not_asked_for_again(
    grader: GraderServer, client: Client, behaviour: Behaviour
) -> None:
    grader.always(behaviour)
    error = failure(client(bytes_at_most=MEGABYTE), HOUR)
    assert error.problem is Problem.API_ANSWER_TOO_LARGE
    assert error.facts == {"megabytes": 1}
    assert len(grader.requests) == 1


@pytest.mark.parametrize("headers", PARTS, ids=lambda headers: next(iter(headers)))
def test_xt4_what_says_that_it_is_a_part_is_asked_for_in_halves_and_never_taken(
    grader: GraderServer, client: Client, headers: dict[str, str]
) -> None:
    part = Status(200, headers, as_json(RECORDS).body)
    grader.always(Above(timedelta(days=2), part))
    assert client().fetch(WEEK).window.length == timedelta(days=1)
    grader.always(part)
    error = failure(client(), HOUR)
    assert error.problem is Problem.API_ANSWER_PARTIAL
    name, value = next(iter(headers.items()))
    assert error.facts == {"said": f"{name}: {value}"}


def test_xt4_206_is_a_part_and_what_says_that_it_is_the_whole_is_none(
    grader: GraderServer, client: Client
) -> None:
    body = as_json(RECORDS).body
    grader.then(Status(206, body=body), *(Status(200, whole, body) for whole in WHOLE))
    api = client()
    assert [api.fetch(HOUR if n else WEEK).tries for n in range(len(WHOLE))] == [2, 1, 1, 1, 1, 1]


def test_a7_the_limit_itself_is_allowed(grader: GraderServer, client: Client) -> None:
    body = b"[1]".ljust(MEGABYTE)
    grader.then(Status(200, body=body), Status(200, body=body + b" "))
    api = client(bytes_at_most=MEGABYTE)
    assert [api.fetch(WEEK).tries, api.fetch(WEEK).tries] == [1, 2]


def lengths(grader: GraderServer) -> list[timedelta]:
    return [request.end - request.start for request in grader.requests]
