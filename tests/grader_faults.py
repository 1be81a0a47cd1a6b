"""What a grader may do instead of answering.

    grader.then(Status(503, {"Retry-After": "2"}), reset)   one behaviour for each next request
    grader.always(Status(403))                              for all others, until always(None)

    raw(body, content_type)       any bytes with a 200          A8 R10
    redirect(url)                                               A14
    reset                         connection torn down          A1
    hang                          no answer                     A10
    cut_by_length, cut_chunked, cut_without_length              A5
    bad_gzip                                                    A5
    Drip(interval_seconds)        byte by byte, for ever        A6
    endless, gzip_bomb            more than fits in memory      A7
    Above(limit, behaviour)       for longer windows only       A7 A10

`Status(code, headers, body)` is any whole answer (A2 A3 A4, A5 with a wrong length), `as_json` JSON
of anything (A8 A9). Repeated, conflicting and out-of-window records (A11 A12 A13) are a matter of
the attempts.

A behaviour is any callable that takes an `Exchange`. It raises `OSError` when client or server
ends the connection too early. For a refused connection, use the `url` of a server that has
stopped; for TLS, pass an `ssl_context`.
"""

from __future__ import annotations

import gzip
import json
import select
import socket
import ssl
import struct
import sys
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from etl.demo import grader, loopback
from etl.models.peers import hang_up


@dataclass(frozen=True)
class Request:
    """A request as it arrived. Names of headers may be looked up in any case."""

    query: Mapping[str, str]
    headers: Message

    @property
    def start(self) -> datetime:
        return grader.moment(self.query["start"])

    @property
    def end(self) -> datetime:
        return grader.moment(self.query["end"])


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


class _Handler(loopback.Handler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes
    server: GraderServer

    def reply(self, asked: bytes) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        request = Request(query, self.headers)
        self.server.serve(Exchange(request, partial(self.server.good_answer, self), self))


class GraderServer(grader.GraderServer):
    """The demo's server, which keeps each request in `requests` and misbehaves on request."""

    handler = _Handler

    def __init__(
        self,
        attempts: Callable[[datetime, datetime], list[Any]],
        *,
        ssl_context: ssl.SSLContext | None = None,
        **account: str,
    ) -> None:
        super().__init__(attempts, **account)
        if ssl_context:
            self.url = self.url.replace("http", "https")
        self.requests: list[Request] = []
        self._ssl_context = ssl_context
        self._next: deque[Behaviour] = deque()
        self._always: Behaviour | None = None
        self._connections: set[socket.socket] = set()

    def then(self, *behaviours: Behaviour) -> None:
        """Queues one behaviour for each of the next requests."""
        self._next.extend(behaviours)

    def always(self, behaviour: Behaviour | None) -> None:
        """Sets the behaviour for when the queue is empty; None: answer without faults again."""
        self._always = behaviour

    def serve(self, exchange: Exchange) -> None:
        """Keeps the request; answers it by the queue, else by `always`, else without faults."""
        self.requests.append(exchange.request)
        try:  # rather than asking for its length: several threads answer
            behaviour = self._next.popleft()
        except IndexError:
            behaviour = self._always or exchange.good()
        behaviour(exchange)

    def good_answer(self, request: BaseHTTPRequestHandler) -> Status:
        """Returns the answer of a grader without faults."""
        code, content = self.respond(request, b"")
        plain = as_json(content, code)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = gzip.compress(plain.body, compresslevel=1)
            return Status(code, {"Content-Encoding": "gzip"}, body)
        return plain

    def __exit__(self, *exit_reason: object) -> None:
        super().__exit__(*exit_reason)
        for connection in tuple(self._connections):
            hang_up(connection)

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


def raw(body: bytes, content_type: str = "application/json") -> Status:
    """Any bytes with a 200."""
    return Status(200, {"Content-Type": content_type}, body)


def redirect(url: str, code: int = 302) -> Status:
    return Status(code, {"Location": url})


@dataclass(frozen=True)
class Above:
    """The behaviour for windows longer than the limit, the good answer for all others."""

    limit: timedelta
    behaviour: Behaviour

    def __call__(self, exchange: Exchange) -> None:
        length = exchange.request.end - exchange.request.start
        answer = self.behaviour if length > self.limit else exchange.good()
        answer(exchange)


@dataclass(frozen=True)
class Drip:
    """Good headers, then one byte per interval for ever."""

    interval_seconds: float = 10.0

    def __call__(self, exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json", "Connection": "close"})
        exchange.write(b"[")
        while not exchange.ended(within_seconds=self.interval_seconds):
            exchange.write(b" ")


def hang(exchange: Exchange) -> None:
    """No answer at all, until the client leaves or the server stops."""
    exchange.ended()


def reset(exchange: Exchange) -> None:
    """The connection is torn down (TCP RST) instead of an answer."""
    connection = exchange.handler.connection
    no_linger = struct.pack("ii", 1, 0)  # closes with RST and without FIN, see socket(7)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
    exchange.handler.close_connection = True
    # Past socketserver, which would say goodbye in good order before it closes.
    socket.close(connection.detach())


def cut_by_length(exchange: Exchange) -> None:
    """Half of the good body, where `Content-Length` promises the whole."""
    answer = exchange.good()
    promised = {"Content-Length": str(len(answer.body)), "Connection": "close"}
    exchange.begin(200, {**answer.headers, **promised})
    exchange.write(_half(answer.body))


def cut_chunked(exchange: Exchange) -> None:
    """Half of the good body in one chunk, and no last chunk."""
    answer = exchange.good()
    chunked = {"Transfer-Encoding": "chunked", "Connection": "close"}
    exchange.begin(200, {**answer.headers, **chunked})
    half = _half(answer.body)
    exchange.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")


def cut_without_length(exchange: Exchange) -> None:
    """Half of the good body in a form that shows no loss: the end of the connection ends it."""
    answer = exchange.good()
    exchange.begin(200, {**answer.headers, "Connection": "close"})
    exchange.write(_half(answer.body))


def bad_gzip(exchange: Exchange) -> None:
    """A gzip body of the right length whose check sum, at its very end, is wrong."""
    good = gzip.compress(b"[]")
    broken = good[:-8] + b"\xff" * 8
    Status(200, {"Content-Encoding": "gzip"}, broken)(exchange)


def endless(exchange: Exchange) -> None:
    """A body that goes on for as long as the client reads."""
    exchange.begin(200, {"Content-Type": "application/json", "Connection": "close"})
    exchange.write(b"[")
    _pour(exchange, b'"record",' * 10_000)


def gzip_bomb(exchange: Exchange) -> None:
    """A gzip body that unpacks to a thousand times its size, for as long as the client reads."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    exchange.begin(200, {**headers, "Connection": "close"})
    packer = zlib.compressobj(wbits=31)
    exchange.write(packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH))
    # After a full flush nothing refers back, so one packed block may be sent again and again.
    _pour(exchange, packer.compress(b" " * 2**24) + packer.flush(zlib.Z_FULL_FLUSH))


def _pour(exchange: Exchange, block: bytes) -> None:
    while True:
        exchange.write(block)


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]
