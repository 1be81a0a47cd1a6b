"""The stub of the grader answers like the real one, and fails in every way that it offers."""

from __future__ import annotations

import json
import socket
import ssl
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import IncompleteRead
from threading import Thread
from time import monotonic
from typing import Any

import pytest
import requests
import trustme

from etl.demo.grader.behaviours import (
    Above,
    Behaviour,
    Drip,
    Status,
    as_json,
    bad_gzip,
    cut_by_length,
    cut_chunked,
    cut_without_length,
    endless,
    gzip_bomb,
    hang,
    raw,
    redirect,
    reset,
)
from etl.demo.grader.server import GraderServer

RECORDS = [{"n": number} for number in range(1000)]
WINDOW = {"start": "2024-05-13 00:00:00.000000", "end": "2024-05-16 00:00:00.000000"}
LOGIN: dict[str, Any] = {"client": "c", "client_key": "k"}
SOON_SECONDS = 2.0


@pytest.fixture
def grader() -> Iterator[GraderServer]:
    with GraderServer(lambda start, end: RECORDS, **LOGIN) as server:
        yield server


def ask(
    grader: GraderServer, *, timeout: float = SOON_SECONDS, stream: bool = False, **changes: Any
) -> requests.Response:
    query = LOGIN | WINDOW | changes
    return requests.get(grader.url, query, timeout=timeout, stream=stream)


def test_it_serves_the_attempts_of_the_window_asked_for() -> None:
    asked: list[tuple[datetime, datetime]] = []

    def attempts(start: datetime, end: datetime) -> list[Any]:
        asked.append((start, end))
        return RECORDS

    with GraderServer(attempts, **LOGIN) as grader:
        response = ask(grader)
        (request,) = grader.requests
    assert (response.status_code, response.json()) == (200, RECORDS)
    assert asked == [(datetime(2024, 5, 13, tzinfo=UTC), datetime(2024, 5, 16, tzinfo=UTC))]
    assert (request.start, request.end) == asked[0]
    assert request.query == LOGIN | WINDOW
    assert "python-requests" in request.headers["user-agent"]


def test_it_packs_the_answer_only_for_a_client_that_can_unpack_it(grader: GraderServer) -> None:
    packed = ask(grader)
    plain = requests.get(
        grader.url, LOGIN | WINDOW, timeout=SOON_SECONDS, headers={"Accept-Encoding": "identity"}
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json() == RECORDS


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"client_key": "wrong"}, 401), ({"client": None}, 401), ({"start": "today"}, 400)],
)
def test_it_refuses_wrong_questions(
    grader: GraderServer, changes: dict[str, Any], code: int
) -> None:
    response = ask(grader, **changes)
    assert response.status_code == code
    assert response.json()["errors"]


def test_it_serves_one_path_only(grader: GraderServer) -> None:
    response = requests.get(grader.url + "/more", LOGIN | WINDOW, timeout=SOON_SECONDS)
    assert response.status_code == 404


def test_then_is_for_the_next_requests_and_always_for_the_others(grader: GraderServer) -> None:
    grader.always(Status(500))
    grader.then(Status(503, {"Retry-After": "2"}), as_json({"errors": "x"}))
    answers = [ask(grader) for _ in range(3)]
    grader.always(None)
    assert [answer.status_code for answer in [*answers, ask(grader)]] == [503, 200, 500, 200]
    assert answers[0].headers["Retry-After"] == "2"
    assert answers[1].json() == {"errors": "x"}


def test_raw_sends_any_bytes_as_anything(grader: GraderServer) -> None:
    grader.then(raw(b"<html>", "text/html"))
    response = ask(grader)
    assert (response.content, response.headers["Content-Type"]) == (b"<html>", "text/html")


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (cut_by_length, IncompleteRead),
        (cut_chunked, requests.exceptions.ChunkedEncodingError),
        (bad_gzip, zlib.error),
        (hang, TimeoutError),
        (Status(200, {"Content-Length": "50"}, b"[]"), TimeoutError),
    ],
)
def test_a_broken_connection_is_what_the_client_sees(
    grader: GraderServer, behaviour: Behaviour, error: type[Exception]
) -> None:
    grader.then(behaviour)
    with pytest.raises(requests.RequestException) as caught:
        ask(grader, timeout=0.5)
    assert any(isinstance(cause, error) for cause in causes(caught.value))


def test_a_reset_is_no_orderly_goodbye(grader: GraderServer) -> None:
    grader.then(reset)
    with socket.create_connection(("127.0.0.1", grader.server_port), SOON_SECONDS) as client:
        client.sendall(b"GET /statistics HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def test_a_body_cut_without_length_shows_only_in_its_json(grader: GraderServer) -> None:
    grader.then(cut_without_length)
    plain = {"Accept-Encoding": "identity"}
    response = requests.get(grader.url, LOGIN | WINDOW, timeout=SOON_SECONDS, headers=plain)
    assert json.dumps(RECORDS).startswith(response.text)
    assert 0 < len(response.text) < len(json.dumps(RECORDS))


def test_a_redirect_leads_where_it_says(grader: GraderServer) -> None:
    with GraderServer(lambda start, end: ["other"], **LOGIN) as other:
        grader.then(redirect(other.url))
        response = ask(grader)
    assert [step.status_code for step in response.history] == [302]
    assert len(other.requests) == 1


def test_drip_sends_byte_after_byte(grader: GraderServer) -> None:
    grader.then(Drip(interval_seconds=0.001))
    with ask(grader, stream=True) as response:
        assert response.raw.read(20) == b"[" + b" " * 19


def test_endless_goes_on(grader: GraderServer) -> None:
    grader.then(endless)
    with ask(grader, stream=True) as response:
        assert len(response.raw.read(50_000_000)) == 50_000_000


def test_a_gzip_bomb_is_small_on_the_wire_and_goes_on(grader: GraderServer) -> None:
    grader.then(gzip_bomb)
    with ask(grader, stream=True) as response:
        wire = response.raw.read(50_000, decode_content=False)
    assert len(wire) == 50_000
    assert len(zlib.decompressobj(wbits=31).decompress(wire)) > 400 * len(wire)


def test_above_spares_the_shorter_windows(grader: GraderServer) -> None:
    grader.always(Above(timedelta(days=2), Status(504)))
    assert ask(grader).status_code == 504
    assert ask(grader, end="2024-05-15 00:00:00.000000").json() == RECORDS


@pytest.mark.parametrize("behaviour", [hang, Drip(3600), endless, gzip_bomb])
def test_stopping_does_not_wait_for_a_client(
    behaviour: Behaviour, capfd: pytest.CaptureFixture[str]
) -> None:
    with GraderServer(lambda start, end: RECORDS, **LOGIN) as grader:
        grader.then(behaviour)
        client = socket.create_connection(("127.0.0.1", grader.server_port), SOON_SECONDS)
        client.sendall(b"GET /statistics HTTP/1.1\r\n\r\n")
        if behaviour is not hang:
            assert client.recv(1)
        started = monotonic()
    assert monotonic() - started < 1
    with client:
        while _receives(client):
            pass
    assert capfd.readouterr() == ("", "")


def _receives(client: socket.socket) -> bool:
    try:
        return bool(client.recv(2**20))
    except ConnectionResetError:
        return False


def test_a_stopped_server_refuses_connections(grader: GraderServer) -> None:
    with GraderServer(lambda start, end: RECORDS, **LOGIN) as stopped:
        pass
    with pytest.raises(requests.ConnectionError, match="refused"):
        ask(stopped)


def test_a_client_that_never_shakes_hands_does_not_keep_the_others_waiting(tmp_path: Any) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with GraderServer(lambda start, end: RECORDS, **LOGIN, ssl_context=context) as grader:
        with socket.create_connection(("127.0.0.1", grader.server_port)):
            trusted = str(tmp_path / "ca.pem")
            query = LOGIN | WINDOW
            answer = requests.get(grader.url, query, timeout=SOON_SECONDS, verify=trusted)
        with pytest.raises(requests.exceptions.SSLError):
            ask(grader)
    assert answer.json() == RECORDS


def test_requests_may_come_at_once(grader: GraderServer) -> None:
    grader.always(Above(timedelta(days=2), hang))
    threads = [Thread(target=_until_timeout, args=(grader,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert ask(grader, end=WINDOW["start"]).json() == RECORDS
    for thread in threads:
        thread.join()
    assert len(grader.requests) == 5


def _until_timeout(grader: GraderServer) -> None:
    with pytest.raises(requests.ReadTimeout):
        ask(grader, timeout=0.2)
