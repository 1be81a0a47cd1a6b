"""An emulated Google on loopback: the Sheets API v4 and the OAuth 2.0 token endpoint.

gspread and google-auth talk to it when the address of the API is replaced by `url`; the service
account that it hands out already points to its token endpoint. It fails on request.
"""

from __future__ import annotations

import json
import sys
import threading
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, unquote

from etl.demo.google.api import Status, answer
from etl.demo.google.oauth import GrantError, TokenEndpoint
from etl.demo.google.spreadsheet import Json, Spreadsheet

__all__ = ["AnswerLost", "GoogleServer", "Hang", "Status"]

API = "/v4/spreadsheets/"
UNAUTHENTICATED = Status(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
FORBIDDEN = Status(403, "PERMISSION_DENIED", "The caller does not have permission")
NOT_FOUND = Status(404, "NOT_FOUND", "Requested entity was not found.")


@dataclass(frozen=True)
class Hang:
    """An instruction to answer nothing until the server closes."""


@dataclass(frozen=True)
class AnswerLost:
    """An instruction to apply the next write, then drop the connection, or answer `instead`."""

    instead: Status | None = None


Answer = Status | Hang | AnswerLost | None


@dataclass(frozen=True)
class Call:
    """A call that came in: `path` with its query, unescaped; a token request's body is its form."""

    method: str
    path: str
    body: Any


class GoogleServer(ThreadingHTTPServer):
    """A server for one spreadsheet and one service account; use it as a context manager.

    `share` is what the service account may do, `clock_skew` how far Google's clock is ahead.
    """

    def __init__(self, *, spreadsheet: Spreadsheet | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spreadsheet = spreadsheet or Spreadsheet()
        self.spreadsheet_id = "1demo-Spreadsheet_of-the-campus-000000000000"
        self.share: Literal["editor", "viewer"] | None = "editor"
        self.clock_skew = timedelta()
        self.calls: list[Call] = []
        self.closing = threading.Event()
        # The writes that were applied, whether or not their answers arrived.
        self.writes = 0
        self._lock = threading.Lock()
        self._always: Answer = None
        self._queue: list[tuple[Answer, bool]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._oauth = TokenEndpoint(f"{self.url}/token")
        self.service_account: dict[str, str] = self._oauth.service_account
        self.credentials_base64 = b64encode(json.dumps(self.service_account).encode()).decode()

    def __enter__(self) -> Self:
        # Closing waits for one poll: the default of half a second would slow every test.
        serve = threading.Thread(target=self.serve_forever, args=(0.005,), daemon=True)
        serve.start()
        return self

    def __exit__(self, *exit_reason: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def revoke_key(self) -> None:
        """Refuses new tokens for the key; tokens already issued stay valid, as at Google."""
        self._oauth.is_revoked = True

    def then(self, *answers: Answer, writes_only: bool = False) -> None:
        """Queues answers for the next API calls, one each; None is the true answer.

        With `writes_only` reads take none of them; an AnswerLost waits for a write in any case.
        """
        with self._lock:
            self._queue += [(a, writes_only or isinstance(a, AnswerLost)) for a in answers]

    def always(self, answer: Answer) -> None:
        """Sets the answer to calls for which `then` queued none; None is the true answer."""
        self._always = answer

    def token(self, form: Json) -> Json:
        with self._lock:
            self.calls.append(Call("POST", "/token", form))
            return self._oauth.issue(form, self.clock_skew)

    def ask(self, call: Call, authorization: str) -> Answer:
        """Records an API call and returns the answer to give. Raises `Status` for a bad token."""
        with self._lock:
            self.calls.append(call)
            if not self._oauth.accepts(authorization):
                raise UNAUTHENTICATED
            for index, (answer, writes_only) in enumerate(self._queue):
                if call.method != "GET" or not writes_only:
                    del self._queue[index]
                    return answer
            return self._always

    def apply(self, method: str, target: str, body: Json | None) -> Json:
        """Returns the true answer. Raises `Status` when the sharing or the API refuses."""
        with self._lock:
            if self.share is None or (self.share == "viewer" and method != "GET"):
                raise FORBIDDEN
            address = API + self.spreadsheet_id
            if not target.startswith(address):
                raise NOT_FOUND
            result = answer(self.spreadsheet, method, target.removeprefix(address), body)
            self.writes += method != "GET"
            return result

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Some tests make a client give up waiting; any other error is a bug.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One call: HTTP/1.0 ends its connection, with or without an answer."""

    server: GoogleServer

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            if self.path == "/token":
                self._send(200, self.server.token(dict(parse_qsl(body.decode()))))
            else:
                self._api(json.loads(body) if body else None)
        except (GrantError, Status) as refusal:
            self._send(refusal.code, refusal.answer)

    do_GET = do_POST

    def _api(self, body: Json | None) -> None:
        google, authorization = self.server, self.headers.get("Authorization", "")
        match google.ask(Call(self.command, unquote(self.path), body), authorization):
            case Status() as status:
                raise status
            case Hang():
                google.closing.wait()
            case AnswerLost(instead):
                google.apply(self.command, self.path, body)
                if instead is not None:
                    raise instead
            case None:
                self._send(200, google.apply(self.command, self.path, body))

    def _send(self, code: int, answer: Json) -> None:
        body = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
