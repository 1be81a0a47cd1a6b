"""What no peer gets (P1, S13, S16) and how none holds a run up (S4): grader, Google, watchdog."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
import urllib3

from etl.components.api_client import APIClient
from etl.components.google_sheets_reporter import GoogleSheetsReporter
from etl.models.background import in_background
from etl.models.errors import PipelineError, Problem
from etl.models.http_session import HTTPSession, TooLargeError
from etl.models.peers import certificate_problem, hang_up
from etl.models.window import Window
from etl.pipeline.watchdog import Watchdog
from etl.texts import CATALOGUES, EN
from tests.google_faults import GoogleServer
from tests.google_sheets_reporter.conftest import Page, encoded, silence

DAY = Window.of_days(date(2026, 3, 7), date(2026, 3, 7), ZoneInfo("UTC"))
BASIC = "Basic b3duOmtleQ=="  # own:key
Ask = Callable[..., object]


@pytest.fixture
def recorder() -> Iterator[Page]:
    with Page(404) as server:
        yield server


@pytest.fixture(autouse=True)
def _netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login m password secret\ndefault login d password secret\n")
    monkeypatch.setenv("NETRC", str(file))


def ask_grader(url: str, _google: GoogleServer, **changes: Any) -> None:
    usual: dict[str, Any] = {"timeout_seconds": 5, "deadline_seconds": 5, "redact": str}
    usual |= {
        "network": {},
        "now": lambda: datetime(2026, 3, 8, tzinfo=UTC),
        "sleep": lambda _: None,
    }
    APIClient(url, "client", "key", **usual | changes).fetch(DAY)


def log_in_at_google(url: str, google: GoogleServer, **changes: Any) -> None:
    account = encoded({**google.service_account, "token_uri": f"{url}/token"})
    ask_sheets(google.url, google, credentials_base64=account, **changes)


def ask_sheets(url: str, google: GoogleServer, **changes: Any) -> None:
    usual = {"credentials_base64": google.credentials_base64, "api_url": url}
    usual |= {"network": {}, "spreadsheet_id": "id", "catalogue": EN, "sleep": lambda _: None}
    GoogleSheetsReporter(**usual | changes).check()


def ping(url: str, _google: GoogleServer, **changes: Any) -> None:
    Watchdog(url, **{"network": {}, **changes}).started()


def check_watchdog(url: str, _google: GoogleServer, **changes: Any) -> None:
    Watchdog(url, **{"network": {}, **changes}).check()


def session(**network: str) -> HTTPSession:
    return HTTPSession(network, timeout_seconds=5, deadline=monotonic() + 5, bytes_at_most=1000)


@pytest.mark.parametrize(
    ("ask", "account", "expected"),
    [
        (ask_grader, "", None),
        (log_in_at_google, "", None),
        (ping, "", None),
        (ask_grader, "own:key@", BASIC),
        (ping, "own:key@", BASIC),
    ],
)
def test_p1_what_needs_no_login_gets_none_but_that_of_its_address(
    recorder: Page, ask: Ask, account: str, expected: str | None
) -> None:
    with GoogleServer() as google, suppress(PipelineError):
        ask(recorder.url.replace("//", f"//{account}"), google)
    assert {login for _, login in recorder.asked} == {expected}


@pytest.mark.parametrize("account", ["", "own:key@"], ids=["plain", "with a login"])
def test_p1_sheets_are_asked_with_the_token(recorder: Page, account: str) -> None:
    with GoogleServer() as google, suppress(PipelineError):
        ask_sheets(recorder.url.replace("//", f"//{account}"), google)
    assert recorder.asked
    assert all(str(login).startswith("Bearer ya29.") for _, login in recorder.asked)


@pytest.mark.parametrize("ask", [log_in_at_google, ask_sheets, ping, check_watchdog])
def test_s13_neither_google_nor_a_watchdog_leads_what_it_is_sent_elsewhere(
    recorder: Page, ask: Ask
) -> None:
    recorder.status = 307
    with GoogleServer() as google, suppress(PipelineError):
        ask(recorder.url, google)
    assert recorder.asked
    assert "/elsewhere" not in {path for path, _ in recorder.asked}


def test_s16_proxies_are_used_but_never_for_this_machine(
    recorder: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxied = {"HTTP_PROXY": recorder.url, "NO_PROXY": ".invalid, other.example"}
    session(**proxied).get("http://grader.example/statistics")
    assert recorder.asked == [("http://grader.example/statistics", None)]
    dead = session(HTTP_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1")
    for host in ("127.0.0.1", "localhost"):
        here = recorder.url.replace("127.0.0.1", host)
        assert dead.get(here).status_code == requests.codes.not_found
    monkeypatch.setenv("http_proxy", recorder.url)  # as Windows and macOS know one
    for network in (proxied, {"NO_PROXY": proxied["NO_PROXY"]}):
        with pytest.raises(requests.ConnectionError) as caught:
            session(**network).get("http://grader.invalid")
        assert not isinstance(caught.value, requests.exceptions.ProxyError)


@pytest.mark.parametrize("ask", [ask_grader, log_in_at_google, ask_sheets, check_watchdog])
@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ("ALL_PROXY", "127.0.0.1:1"),
        ("HTTPS_PROXY", "socks5://127.0.0.1:1"),
    ],
)
def test_xw2_a_dead_proxy_is_named_and_its_peer_is_not_blamed(
    ask: Ask, variable: str, address: str
) -> None:
    with GoogleServer() as google, pytest.raises(PipelineError) as caught:
        ask("https://peer.example", google, network={variable: address})
    error = caught.value
    assert (error.problem, error.facts["host"]) == (Problem.PROXY, "peer.example")
    for t in CATALOGUES:
        told = t.what_happened(error.problem, error.facts) + t.what_to_do(
            error.problem, error.facts
        )
        assert variable in told
        assert "API_URL" not in told


@pytest.mark.parametrize("deadline", [0, 0.8])
def test_xw2_a_proxy_that_says_nothing_is_no_slow_grader(deadline: float) -> None:
    with silence() as url, pytest.raises(PipelineError) as caught:
        APIClient(
            "https://peer.example", "client", "key", timeout_seconds=0.1, deadline_seconds=deadline,
            network={"HTTPS_PROXY": url}, now=lambda: datetime.now(UTC), redact=str,
        ).fetch(DAY)  # fmt: skip
    assert caught.value.problem is Problem.PROXY


@contextmanager
def pouring(head: bytes, drop: bytes) -> Iterator[str]:
    """The URL of a server that answers with the head and then with drops for ever."""

    def pour(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(1 << 16)
            connection.sendall(head)
            while True:
                connection.sendall(drop)

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                Thread(target=pour, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=serve, args=(listening,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = {
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers": (OK, b"A: b\r\n"),
    "a header": (OK, b"x" * 1000),
    "a body": (OK + b"\r\n", b" " * 10_000),
    "a chunk's length": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 10_000),
}


@pytest.mark.parametrize("ask", [log_in_at_google, ask_sheets, ping, check_watchdog])
@pytest.mark.parametrize(("head", "drop"), ENDLESS.values(), ids=ENDLESS)
def test_s4_a_peer_that_never_ends_is_left_at_the_deadline(
    ask: Ask, head: bytes, drop: bytes
) -> None:
    begun = monotonic()
    with GoogleServer() as google, pouring(head, drop) as url, suppress(PipelineError):
        ask(url, google, deadline_seconds=0.1)
    assert monotonic() - begun < 2


@pytest.mark.parametrize("ask", [ask_grader, log_in_at_google, ask_sheets, ping, check_watchdog])
def test_s4_a_name_that_dns_never_resolves_is_left_at_the_deadline(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, never = monotonic(), Event()
    with GoogleServer() as google:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait())
        with suppress(PipelineError):
            ask("https://peer.example", google, deadline_seconds=0.1)
    never.set()
    assert monotonic() - begun < 2


def test_s4_more_than_an_answer_may_have_is_not_read() -> None:
    with pouring(*ENDLESS["a body"]) as url, pytest.raises(TooLargeError):
        session().get(url)


def test_s4_who_waits_for_a_peer_hears_that_another_thread_has_hung_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        waiting = socket.create_connection(silent.getsockname())
        with waiting, waiting.makefile("rb") as answer:
            ended = in_background(answer.read)
            with pytest.raises(TimeoutError):
                ended.exception(0.05)
            hang_up(waiting)
            ended.exception(5)  # raises a `TimeoutError` if it still waits


@pytest.mark.parametrize(
    ("code", "problem"),
    [(85, Problem.CERTIFICATE_RULES), (92, Problem.CERTIFICATE_RULES), (20, Problem.CERTIFICATE)],
)
def test_xv7_a_certificate_against_the_rules_has_to_be_issued_again(
    code: int, problem: Problem
) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    wrapped = requests.exceptions.SSLError(urllib3.exceptions.SSLError(error))
    assert certificate_problem(wrapped, Problem.CERTIFICATE) is problem
    assert certificate_problem(requests.ConnectionError(), Problem.CERTIFICATE) is None
