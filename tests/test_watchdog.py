"""Pings against recorded answers; `tests/runs` has the same beside a server."""

from __future__ import annotations

import pytest
import requests
import responses

from etl.models.errors import ExitCode, Failure, NotifyError, Problem, Stage
from etl.pipeline.watchdog import BODY_BYTES_AT_MOST, Watchdog

URL = "https://hc-ping.com/uuid"


@responses.activate
def test_a_failure_is_shown_in_a_body_of_bearable_length() -> None:
    ping = responses.post(f"{URL}/fail", body="OK")
    failure = Failure(Stage.LOAD, Problem.BUG, {"kind": "KeyError"}, ExitCode.BUG, "ы" * 50_000)
    Watchdog(f"{URL}/", {}).finished(failure)
    body = ping.calls[0].request.body
    assert body.startswith(b"Unexpected error: KeyError.")
    assert len(body) == BODY_BYTES_AT_MOST


@responses.activate
def test_a_check_reaches_the_server_and_is_no_ping() -> None:
    responses.options("https://hc-ping.com/", status=404)
    assert "its server answers" in Watchdog(URL, {}).check()
    with pytest.raises(NotifyError) as caught:
        Watchdog("https://elsewhere.example/uuid", {}).check()
    assert "uuid" not in str(caught.value)
    responses.options("https://silent.example/", body=requests.ConnectTimeout(TimeoutError()))
    with pytest.raises(NotifyError, match="timed out"):
        Watchdog("https://silent.example/uuid", {}).check()


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "not found"},
        {"status": 307},
        {"body": requests.Timeout()},
        {"body": KeyError("a bug")},
    ],
    ids=["not found", "elsewhere", "silence", "a bug"],
)
def test_xv1_whatever_comes_of_a_ping_it_raises_nothing(answer: dict[str, object]) -> None:
    ping = responses.post(f"{URL}/start", **answer)
    Watchdog(URL, {}).started()
    assert ping.call_count == 1
