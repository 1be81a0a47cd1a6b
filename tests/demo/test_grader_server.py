"""What the stub of the grader does that no test of the client would miss."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
import requests

from tests.grader_faults import Behaviour, GraderServer, endless, hang

RECORDS = [{"n": number} for number in range(1000)]
WINDOW = {"start": "2024-05-13 00:00:00.000000", "end": "2024-05-16 00:00:00.000000"}
LOGIN: dict[str, Any] = {"client": "c", "client_key": "k"}
SOON_SECONDS = 2.0


@pytest.fixture
def grader() -> Iterator[GraderServer]:
    with GraderServer(lambda start, end: RECORDS, **LOGIN) as server:
        yield server


def ask(grader: GraderServer, path: str = "", **changes: Any) -> requests.Response:
    query = LOGIN | WINDOW | changes
    return requests.get(grader.url + path, query, timeout=SOON_SECONDS, stream=True)


def test_it_packs_the_answer_only_for_a_client_that_can_unpack_it(grader: GraderServer) -> None:
    plain = {"Accept-Encoding": "identity"}
    unpacked = requests.get(grader.url, LOGIN | WINDOW, timeout=SOON_SECONDS, headers=plain)
    assert ask(grader).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in unpacked.headers
    assert unpacked.json() == RECORDS


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        ("", {"client_key": "wrong"}, 401),
        ("", {"start": "today"}, 400),
        ("/more", {}, 404),
    ],
)
def test_it_refuses_wrong_questions(
    grader: GraderServer, path: str, changes: dict[str, Any], code: int
) -> None:
    response = ask(grader, path, **changes)
    assert response.status_code == code
    assert response.json()["errors"]


@pytest.mark.parametrize("behaviour", [hang, endless])
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
