"""Ways in which the stub of the grader answers one request; `server` has the manual.

A behaviour is anything that can be called with an `Exchange`. When the client or the server ends
the connection in the middle, it ends with the `OSError` of the broken socket.
"""

from __future__ import annotations

import gzip
import json
import select
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any


@dataclass(frozen=True)
class Request:
    """What was asked. The headers' names may be looked up in any case."""

    path: str
    query: Mapping[str, str]
    headers: Message

    @property
    def start(self) -> datetime:
        """Aware UTC; ValueError if it was not `YYYY-MM-DD HH:MM:SS.ffffff`."""
        return _moment(self.query.get("start", ""))

    @property
    def end(self) -> datetime:
        """Aware UTC; ValueError if it was not `YYYY-MM-DD HH:MM:SS.ffffff`."""
        return _moment(self.query.get("end", ""))


@dataclass(frozen=True)
class Exchange:
    """One request under way: what was asked, the good answer to it, and the bare connection."""

    request: Request
    good: Callable[[], Status]
    handler: BaseHTTPRequestHandler

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status line and the headers."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def write(self, data: bytes) -> None:
        self.handler.wfile.write(data)

    def ended(self, within_seconds: float | None = None) -> bool:
        """Wait until the client leaves or the server stops; False if neither came in time."""
        # Nothing more is sent by a client that waits: readable means that the connection ended.
        readable, _, _ = select.select([self.handler.connection], [], [], within_seconds)
        return bool(readable)


Behaviour = Callable[[Exchange], None]


@dataclass(frozen=True)
class Status:
    """A whole answer of any status. A header given here wins, `Content-Length` too."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __call__(self, exchange: Exchange) -> None:
        defaults = {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        exchange.begin(self.code, defaults | dict(self.headers))
        exchange.write(self.body)


def raw(body: bytes, content_type: str = "application/json") -> Status:
    """Any bytes with a 200."""
    return Status(200, {"Content-Type": content_type}, body)


def as_json(content: Any, code: int = 200) -> Status:
    """What Python's `json` makes of the content, NaN and lone surrogates included."""
    return Status(code, body=json.dumps(content).encode())


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


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
