"""A stand-in for the grader's statistics API: a real HTTP server on loopback.

    with GraderServer(campus.attempts, client="c", client_key="k") as grader:
        requests.get(grader.url, params={...})

It answers as grader-api.md says, keeps each request in `requests`, and misbehaves as told:

    grader.then(Status(503, {"Retry-After": "2"}), reset)   one behaviour for each next request
    grader.always(Status(403))                              for all others, until always(None)

A behaviour is any callable that takes an `Exchange`; the tests have more of them. It raises
`OSError` when client or server ends the connection too early. For a refused connection, use the
`url` of a server that has stopped; for TLS, pass an `ssl_context`.
"""

from __future__ import annotations

import gzip
import json
import select
import socket
import ssl
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

_PATH = "/statistics"


@dataclass(frozen=True)
class Request:
    """A request as it arrived. Names of headers may be looked up in any case."""

    path: str
    query: Mapping[str, str]
    headers: Message

    @property
    def start(self) -> datetime:
        """The parameter `start` in aware UTC; ValueError if not `YYYY-MM-DD HH:MM:SS.ffffff`."""
        return self._moment("start")

    @property
    def end(self) -> datetime:
        return self._moment("end")

    def _moment(self, name: str) -> datetime:
        text = self.query.get(name, "")
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


@dataclass(frozen=True)
class Exchange:
    """A request being answered, with the answer of a grader without faults and the connection."""

    request: Request
    good: Callable[[], Status]
    handler: BaseHTTPRequestHandler

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Sends the status line and the headers."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def write(self, data: bytes) -> None:
        self.handler.wfile.write(data)

    def ended(self, within_seconds: float | None = None) -> bool:
        """Waits until the client leaves or the server stops; False if neither did in time."""
        # A client that waits sends nothing more, so a readable connection has ended.
        readable, _, _ = select.select([self.handler.connection], [], [], within_seconds)
        return bool(readable)


Behaviour = Callable[[Exchange], None]


@dataclass(frozen=True)
class Status:
    """A complete HTTP answer. `headers` replace the default ones, `Content-Length` too."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __call__(self, exchange: Exchange) -> None:
        defaults = {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        exchange.begin(self.code, defaults | dict(self.headers))
        exchange.write(self.body)


def as_json(content: Any, code: int = 200) -> Status:
    """Returns an answer with `content` as Python's `json` writes it, lone surrogates too."""
    return Status(code, body=json.dumps(content).encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes
    server: GraderServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(parts.path, query, self.headers)
        self.server.answer(Exchange(request, partial(self.server.good_answer, request), self))

    def log_message(self, *_: Any) -> None:
        """Logs nothing: `requests` keeps each request."""


class GraderServer(ThreadingHTTPServer):
    """A server of `attempts(start, end)`, aware UTC, at `url` while its context lasts."""

    def __init__(
        self,
        attempts: Callable[[datetime, datetime], list[Any]],
        *,
        client: str,
        client_key: str,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self._attempts = attempts
        self._credentials = (client, client_key)
        self._ssl_context = ssl_context
        self._next: deque[Behaviour] = deque()
        self._always: Behaviour | None = None
        self._connections: set[socket.socket] = set()
        self._thread = Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        scheme = "https" if self._ssl_context else "http"
        return f"{scheme}://127.0.0.1:{self.server_port}{_PATH}"

    def then(self, *behaviours: Behaviour) -> None:
        """Queues one behaviour for each of the next requests."""
        self._next.extend(behaviours)

    def always(self, behaviour: Behaviour | None) -> None:
        """Sets the behaviour for when the queue is empty; None: answer without faults again."""
        self._always = behaviour

    def answer(self, exchange: Exchange) -> None:
        """Keeps the request; answers it by the queue, else by `always`, else without faults."""
        self.requests.append(exchange.request)
        try:  # rather than asking for its length: several threads answer
            behaviour = self._next.popleft()
        except IndexError:
            behaviour = self._always or exchange.good()
        behaviour(exchange)

    def good_answer(self, request: Request) -> Status:
        """Returns the answer of a grader without faults."""
        if request.path != _PATH:
            return as_json({"errors": "not found"}, 404)
        if (request.query.get("client"), request.query.get("client_key")) != self._credentials:
            return as_json({"errors": "unauthorized"}, 401)
        try:
            start, end = request.start, request.end
        except ValueError:
            return as_json({"errors": "start and end are needed"}, 400)
        body = as_json(self._attempts(start, end)).body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return Status(200, {"Content-Encoding": "gzip"}, gzip.compress(body, compresslevel=1))
        return Status(200, body=body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        for connection in tuple(self._connections):
            with suppress(OSError):
                # Plain even under TLS, whose own shutdown must not be called from here:
                # the connection's thread is using it.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._ssl_context:
            # The handshake comes with the first read, in the connection's own thread.
            connection = self._ssl_context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Behaviours end connections early on purpose; any other error is a bug.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
