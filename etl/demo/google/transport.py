"""The emulated Google's transport: HTTP in, calls of a `Google`, JSON out."""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from etl.demo.google.api import ApiError
from etl.demo.google.behaviours import Answer, AnswerLost, Call, Hang, Status
from etl.demo.google.oauth import GrantError
from etl.demo.google.ranges import Json


class Google(Protocol):
    """What answers the calls. `closing` is set once the server stops and no call may hang on."""

    closing: threading.Event

    def token(self, form: Json) -> Json:
        """An access token; raises `GrantError` when the key is refused."""

    def ask(self, call: Call, authorization: str) -> Answer:
        """What is to happen to a call; raises `ApiError` without a valid token."""

    def apply(self, method: str, target: str, body: Json | None) -> Json:
        """The true answer; raises `ApiError` when the sharing or the API refuses."""


class HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, google: Google) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.google = google
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        # Connections that a client keeps alive would outlive the server otherwise.
        for connection in list(self._open):
            _disconnect(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Some tests make a client give up waiting; any other error is a bug.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: HTTPServer
    protocol_version = "HTTP/1.1"
    # One packet for head and body: otherwise every answer waits for a delayed ACK.
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if urlsplit(self.path).path == "/token":
            self._token(body)
            return
        try:
            parsed = json.loads(body, parse_constant=_refuse) if body else None
            self._api(parsed)
        except json.JSONDecodeError as error:
            self._send(400, ApiError(400, "INVALID_ARGUMENT", str(error)).answer)
        except ApiError as error:
            self._send(error.code, error.answer)

    do_GET = do_POST

    def _token(self, body: bytes) -> None:
        try:
            self._send(200, self.server.google.token(dict(parse_qsl(body.decode()))))
        except GrantError as error:
            self._send(400, error.answer)

    def _api(self, body: Json | None) -> None:
        google, authorization = self.server.google, self.headers.get("Authorization", "")
        match google.ask(Call(self.command, unquote(self.path), body), authorization):
            case Status() as status:
                self._send(status.code, status.error().answer, status.headers)
            case Hang():
                google.closing.wait()
                self._drop()
            case AnswerLost(instead):
                google.apply(self.command, self.path, body)
                if instead is None:
                    self._drop()
                else:
                    self._send(instead.code, instead.error().answer, instead.headers)
            case None:
                self._send(200, google.apply(self.command, self.path, body))

    def _send(self, code: int, answer: Json, headers: tuple[tuple[str, str], ...] = ()) -> None:
        body = json.dumps(answer).encode()
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        _disconnect(self.connection)


def _refuse(constant: str) -> None:
    raise ApiError(400, "INVALID_ARGUMENT", f"Invalid JSON payload received: {constant}")


def _disconnect(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)
