"""A stand-in for the grader's statistics API: a real HTTP server on loopback.

    with GraderServer(campus.attempts, client="c", client_key="k") as grader:
        requests.get(grader.url, params={...})

It answers as grader-api.md says, keeps what it was asked in `requests`, and misbehaves on request:

    grader.then(Status(503, {"Retry-After": "2"}), reset)   one behaviour for each next request
    grader.always(Above(timedelta(days=2), hang))           for all others, until always(None)

The behaviours, from `grader_behaviours`:

    Status(code, headers, body)   any whole answer              A2 A3 A4, A5 with a wrong length
    raw(body, content_type)       any bytes with a 200          A8 R10
    as_json(content)              JSON of anything              A8 A9
    redirect(url)                                               A14
    reset                         connection torn down          A1
    hang                          no answer                     A10
    cut_by_length, cut_chunked, cut_without_length              A5
    bad_gzip                                                    A5
    Drip(interval_seconds)        byte by byte, for ever        A6
    endless, gzip_bomb            more than anybody can hold    A7
    Above(limit, behaviour)       for longer windows only       A7 A10

A refused connection is the `url` of a server that has stopped; TLS takes an `ssl_context`.
Repeated, conflicting and out-of-window records (A11 A12 A13) are a matter of `attempts`.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from etl.demo.grader.behaviours import Behaviour, Exchange, Request, Status, as_json

_PATH = "/statistics"


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
        """Say nothing: `requests` has them."""


class GraderServer(ThreadingHTTPServer):
    """Serves `attempts(start, end)`, aware UTC, from `url` while its context lasts."""

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
        """Queue one behaviour for each of the next requests."""
        self._next.extend(behaviours)

    def always(self, behaviour: Behaviour | None) -> None:
        """Behave like this whenever the queue is empty; None: behave well again."""
        self._always = behaviour

    def answer(self, exchange: Exchange) -> None:
        """Note the request, then answer it as queued, as always, or well."""
        self.requests.append(exchange.request)
        try:
            behaviour = self._next.popleft()
        except IndexError:
            behaviour = self._always or exchange.good()
        behaviour(exchange)

    def good_answer(self, request: Request) -> Status:
        """What a grader without faults answers."""
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
        # A connection that ends early is this stub's daily bread; anything else is a bug.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
