"""What a grader may do instead of answering, for `GraderServer.then` and `always`.

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
"""

from __future__ import annotations

import gzip
import socket
import struct
import zlib
from dataclasses import dataclass
from datetime import timedelta

from etl.demo.grader import Behaviour, Exchange, Status


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
