"""P1: a ~/.netrc of the account that runs the program gives and replaces no login."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
import requests

from etl.components.api_client import APIClient
from etl.components.google_sheets_reporter import GoogleSheetsReporter
from etl.models.errors import PipelineError
from etl.models.http_session import BearerToken, HTTPSession
from etl.models.window import Window
from etl.pipeline.watchdog import Watchdog
from etl.texts import EN
from tests.google_faults import GoogleServer
from tests.google_sheets_reporter.conftest import encoded

DAY = Window.of_days(date(2026, 3, 7), date(2026, 3, 7), ZoneInfo("UTC"))
BASIC = "Basic b3duOmtleQ=="  # own:key


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        self.send_response(302 if self.path == "/moved" else 404)
        self.send_header("Location", self.server.moved_to)  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


class Recorder(ThreadingHTTPServer):
    """Keeps path and login of each request, and redirects `/moved`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str | None]] = []
        self.moved_to = "/here"
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login m password secret\ndefault login d password secret\n")
    monkeypatch.setenv("NETRC", str(file))
    return file


def ask_grader(url: str, _google: GoogleServer) -> None:
    client = APIClient(
        url,
        "client",
        "key",
        timeout_seconds=5,
        deadline_seconds=5,
        now=lambda: datetime(2026, 3, 8, tzinfo=UTC),
        redact=str,
    )
    client.fetch(DAY)


def log_in_at_google(url: str, google: GoogleServer) -> None:
    account = {**google.service_account, "token_uri": f"{url}/token"}
    GoogleSheetsReporter(encoded(account), "id", catalogue=EN, sleep=lambda _: None).check()


def ask_sheets(url: str, google: GoogleServer) -> None:
    GoogleSheetsReporter(google.credentials_base64, "id", catalogue=EN, api_url=url).check()


def ping(url: str, _google: GoogleServer) -> None:
    Watchdog(url).started()


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
    recorder: Recorder,
    ask: Callable[[str, GoogleServer], None],
    account: str,
    expected: str | None,
) -> None:
    with GoogleServer() as google, suppress(PipelineError):
        ask(recorder.url.replace("//", f"//{account}"), google)
    assert {login for _, login in recorder.asked} == {expected}


@pytest.mark.parametrize("account", ["", "own:key@"], ids=["plain", "with a login"])
def test_p1_sheets_are_asked_with_the_token(recorder: Recorder, account: str) -> None:
    with GoogleServer() as google, suppress(PipelineError):
        ask_sheets(recorder.url.replace("//", f"//{account}"), google)
    [(_, login)] = recorder.asked
    assert login
    assert login.startswith("Bearer ya29.")


def test_p1_a_file_that_cannot_be_read_is_in_nobody_s_way(recorder: Recorder, netrc: Path) -> None:
    netrc.write_bytes(b"machine 127.0.0.1 login \xff password \xfe")
    with HTTPSession() as session:
        session.get(recorder.url)
    assert recorder.asked == [("/", None)]


def test_p1_a_redirect_keeps_the_token_and_one_to_another_origin_takes_none_along(
    recorder: Recorder,
) -> None:
    with HTTPSession() as session, Recorder() as elsewhere:
        session.auth = BearerToken("abc")
        session.get(f"{recorder.url}/moved")
        assert recorder.asked == [("/moved", "Bearer abc"), ("/here", "Bearer abc")]
        recorder.moved_to = f"{elsewhere.url}/there"
        Thread(target=elsewhere.handle_request, daemon=True).start()
        session.get(f"{recorder.url}/moved")
    assert elsewhere.asked == [("/there", None)]


def test_p1_proxies_of_the_environment_are_used_and_exceptions_from_them_kept(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", recorder.url)
    with HTTPSession() as session:
        session.get("http://grader.example/statistics")
    assert recorder.asked == [("http://grader.example/statistics", None)]
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HTTPSession() as session:
        assert session.get(recorder.url).status_code == requests.codes.not_found
