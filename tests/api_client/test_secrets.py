"""The key is in every URL, and in no text that a failure leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from etl.models.errors import ExtractError
from tests.api_client.conftest import HOUR, KEY, Client, drip, failure
from tests.grader_faults import (
    Behaviour,
    Exchange,
    GraderServer,
    Status,
    cut_chunked,
    endless,
    hang,
    raw,
    redirect,
    reset,
)

# Half of it is already too much; these have no character that an encoding would change.
PIECES = ("5d0e", "5b0d")


def echo(make: Callable[[str], Behaviour]) -> Behaviour:
    """The behaviour that is made with the path and query as they came."""

    def behave(exchange: Exchange) -> None:
        make(exchange.handler.path)(exchange)

    return behave


FAULTS: dict[str, Behaviour] = {
    "reset": reset,
    "silence": hang,
    "a drip": drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "cut chunked": cut_chunked,
    "too large": endless,
    "refused credentials": Status(401, body=b"x" * 260 + KEY.encode()),
    "busy": Status(503, {"Retry-After": "9999"}),
    "a page with the URL": echo(lambda path: raw(f"<h1>No {path}</h1>".encode())),
    "a page with the key": raw(f"No client with the key {KEY}!".encode()),
    "a page with the key, quoted": raw(f"{quote(KEY)} {quote_plus(KEY)}".encode()),
    "a page with the key, by PHP": raw(json.dumps(KEY).replace("/", r"\/").encode()),
    "a page that is cut inside of the key": raw(b"x" * 290 + KEY.encode()),
    "a redirect that takes the key along": echo(
        lambda path: redirect(f"https://evil.example{path}")
    ),
    "a redirect in circles": echo(redirect),
    "a redirect that cannot be read": echo(lambda path: redirect(f"http://[{path}")),
}


BOUNDS = {"silence": {"timeout_seconds": 0.05}, "a drip": {"deadline_seconds": 0.3}}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_key_is_in_no_text_of_what_is_raised_or_logged(
    grader: GraderServer, client: Client, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="etl")
    grader.always(FAULTS[fault])
    error = failure(client(bytes_at_most=1 << 20, **BOUNDS.get(fault, {})), HOUR)
    assert grader.requests[0].query["client_key"] == KEY
    assert pieces_in(error, caplog) == []


def pieces_in(error: ExtractError, caplog: pytest.LogCaptureFixture) -> list[str]:
    facts = map(str, error.facts.values())
    told = "\n".join([str(error), repr(error), error.details, *facts, *caplog.messages])
    return [piece for piece in PIECES if piece in told]
