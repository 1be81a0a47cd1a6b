"""Faults that pass are asked away, the others end the stage at once."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
import trustme

from etl.models.errors import ExitCode, ExtractError, Problem
from tests.api_client.conftest import KEY, LOGIN, RECORDS, WEEK, Client, failure, values
from tests.grader_faults import (
    Behaviour,
    Exchange,
    GraderServer,
    Status,
    bad_gzip,
    cut_by_length,
    cut_chunked,
    cut_without_length,
    reset,
)


def gone(exchange: Exchange) -> None:
    """The connection ends in good order, without a word."""
    exchange.handler.close_connection = True


TOO_LONG = Status(200, {"Content-Length": "10", "Connection": "close"}, b"[]")
TOO_SHORT = Status(200, {"Content-Length": "3", "Connection": "close"}, b"[1,2]")
NEVER_BEGUN = Status(200, {"Content-Length": "10", "Connection": "close"})


@pytest.fixture
def stopped() -> GraderServer:
    """A grader whose address nobody listens to any more."""
    with GraderServer(lambda start, end: RECORDS, **LOGIN) as server:
        pass
    return server


@pytest.fixture
def untrusted() -> Iterator[GraderServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with GraderServer(lambda start, end: RECORDS, **LOGIN, ssl_context=context) as server:
        yield server


@pytest.mark.parametrize(
    ("server", "problem", "said"),
    [
        ("stopped", Problem.API_UNREACHABLE, "Connection refused"),
        ("untrusted", Problem.CERTIFICATE, "[SSL: CERTIFICATE_VERIFY_FAILED]"),
    ],
)
def test_a1_a_connection_that_never_comes_about_ends_the_stage(
    server: str,
    problem: Problem,
    said: str,
    client: Client,
    waits: list[float],
    request: pytest.FixtureRequest,
) -> None:
    grader: GraderServer = request.getfixturevalue(server)
    error = failure(client(grader.url.replace("//", "//login:secret@")))
    assert error.exit_code == ExitCode.EXTRACT
    assert error.problem is problem
    assert error.facts["host"] == f"127.0.0.1:{grader.server_port}"
    assert str(error.facts["said"]).startswith(said)
    assert len(waits) == 4


def test_a1_the_waits_double_with_some_jitter_and_none_would_end_after_the_deadline(
    grader: GraderServer, client: Client, waits: list[float]
) -> None:
    grader.always(reset)
    with pytest.raises(ExtractError):
        client().fetch(WEEK)
    assert all(base <= wait <= base + 1 for base, wait in zip((1, 2, 4, 8), waits, strict=True))
    assert any(wait % 1 for wait in waits)
    waits.clear()
    with pytest.raises(ExtractError):
        client(deadline_seconds=3.5).fetch(WEEK)
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("problem", "body", "statuses"),
    [
        (Problem.API_CREDENTIALS, b"", (400, 401, 403)),
        (Problem.API_CREDENTIALS, b' {"a": 1}', (403,)),
        (Problem.API_REQUEST_REFUSED, b"<p>", (304, 404)),
        (Problem.API_BLOCKED, b"\r\n<!doctype html>", (400, 401, 403, 407, 511)),
    ],
)
def test_a3_a16_a_refusal_for_good_is_not_asked_again_nor_a_page_taken_for_the_grader_s(
    grader: GraderServer, client: Client, problem: Problem, body: bytes, statuses: tuple[int, ...]
) -> None:
    grader.then(*(Status(status, body=body) for status in statuses))
    for status in statuses:
        error = failure(client())
        assert error.problem is problem
        phrase, _, words = str(error.facts["said"]).partition(": ")
        assert phrase.startswith(f"HTTP {status} ")
        assert words == body.decode().strip() or status == 304
    assert len(grader.requests) == len(statuses)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Status(401, body=b'{"errors":\n "no key %b"}' % KEY.encode()), '{"errors": "no key ***"}'),
        (Status(403, body=b"x" * 9_000), "x" * (300 - len("HTTP 403 Forbidden: "))),
        (Status(401, {"Content-Encoding": "gzip"}, b"no gzip"), ""),
        (Status(401, {"Content-Length": "9"}), ""),
    ],
    ids=["redacted", "long", "damaged", "never comes"],
)
def test_a3_a_refusal_is_quoted_as_far_as_its_words_come(
    grader: GraderServer, client: Client, refusal: Status, said: str
) -> None:
    grader.always(refusal)
    error = failure(client(timeout_seconds=0.8))
    phrase = {401: "HTTP 401 Unauthorized", 403: "HTTP 403 Forbidden"}[refusal.code]
    assert error.facts == {"said": f"{phrase}: {said}" if said else phrase}
    assert len(grader.requests) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 599])
def test_a4_a_fault_that_passes_costs_one_more_try(
    grader: GraderServer, client: Client, waits: list[float], status: int
) -> None:
    grader.then(Status(status))
    answer = client().fetch(WEEK)
    assert values(answer) == RECORDS
    assert (answer.tries, len(grader.requests), len(waits)) == (2, 2, 1)


def test_a4_each_fault_leaves_a_line_in_the_log(
    grader: GraderServer, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="etl")
    grader.then(Status(500), Status(502))
    client().fetch(WEEK)
    of_five = "of 5 for 2026-03-02..2026-03-08 failed: api_broken"
    assert caplog.messages == [
        f"extract: try 1 {of_five} (said=HTTP 500 Internal Server Error)",
        f"extract: try 2 {of_five} (said=HTTP 502 Bad Gateway)",
    ]


@pytest.mark.parametrize(
    "behaviour",
    [
        cut_by_length,
        cut_chunked,
        cut_without_length,
        bad_gzip,
        reset,
        gone,
        pytest.param(TOO_LONG, id="length_too_long"),
        pytest.param(TOO_SHORT, id="length_too_short"),
        pytest.param(NEVER_BEGUN, id="only_headers"),
    ],
)
def test_a5_a_damaged_body_is_asked_for_again(
    grader: GraderServer, client: Client, behaviour: Behaviour
) -> None:
    grader.then(behaviour)
    answer = client().fetch(WEEK)
    assert values(answer) == RECORDS
    assert (answer.window, answer.tries) == (WEEK, 2)


def test_a5_a_body_that_is_cut_each_time_is_called_so(grader: GraderServer, client: Client) -> None:
    grader.always(TOO_SHORT)
    assert failure(client()).problem is Problem.API_ANSWER_CUT
    assert len(grader.requests) == 5
