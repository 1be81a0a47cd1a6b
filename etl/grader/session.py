"""The HTTP session with the grader: it stays on the grader's origin and ends at a deadline.

A socket's timeout bounds a silence only. A server that sends a byte now and then, be it in a
header, in a chunk's length or in the body, could hold a run for ever, and with it the lock that
keeps the next runs out. So the deadline is looked at where bytes come in.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from etl.models.errors import ExtractError, Problem
from etl.models.http_session import HTTPSession


class DeadlineError(Exception):
    """The time for an answer is over. No `OSError`: the libraries between would wrap it."""


class GraderSession(HTTPSession):
    """Follows redirects on the grader itself only: anywhere else the key would leak.

    `deadline` is on `time.monotonic`'s clock; packets that come later raise `DeadlineError`.
    """

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self.deadline = deadline
        self.max_redirects = 5
        self._line = _Line()
        for prefix in ("http://", "https://"):
            self.mount(prefix, _DeadlineAdapter(deadline, self._line))

    def cut(self) -> None:
        """From another thread: whoever waits for the answer sees its connection end."""
        self._line.cut()

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        if not resp.is_redirect:
            return None
        resp.close()  # `requests` would read the body to its end, which may never come
        try:
            target = super().get_redirect_target(resp)
            here, there = urlsplit(resp.url), urlsplit(urljoin(resp.url, target))
        except ValueError as error:  # an address that cannot be read
            refused = ExtractError(Problem.API_REQUEST_REFUSED, status=resp.status_code)
            raise refused from error
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise ExtractError(Problem.API_REDIRECT, host=f"{there.scheme}://{there.hostname}")
        return target


class _Line:
    """The socket on which an answer is waited for."""

    def __init__(self) -> None:
        self._socket: Any = None
        self._is_cut = False

    def hold(self, sock: Any) -> None:
        self._socket = sock
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        self._is_cut = True
        if isinstance(self._socket, socket.socket):
            with suppress(OSError):  # it has ended
                # Past TLS, whose own shutdown must not be called while another thread reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _DeadlineAdapter(HTTPAdapter):
    """Opens connections whose answers are read until the deadline, through a proxy as well."""

    def __init__(self, deadline: float, line: _Line) -> None:
        super().__init__()
        self._deadline = deadline
        self._line = line

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        plain = type(pool).ConnectionCls
        pool.ConnectionCls = type("Connection", (plain,), {"response_class": self._response})
        return pool

    def _response(self, sock: Any, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:
        self._line.hold(sock)
        response = http.client.HTTPResponse(sock, *args, **kwargs)
        response.fp = io.BufferedReader(_BoundedStream(response.fp.detach(), self._deadline))
        return response


class _BoundedStream(io.RawIOBase):
    """A socket's stream that raises `DeadlineError` when it is read after the deadline."""

    def __init__(self, stream: io.RawIOBase, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._deadline:
            raise DeadlineError
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()
