"""HTTP sessions that no server can hold up, flood with data or lead elsewhere.

A socket's timeout bounds a silence only: a server that sends a byte now and then, be it in a
header, in a chunk's length or in the body, could hold a run for ever, and with it the lock that
keeps the next runs out. So the deadline is checked before every read.
"""

from __future__ import annotations

import http.client
import io
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy

from etl.models.background import in_background, result_of
from etl.models.errors import Problem
from etl.models.peers import LOOPBACK, certificate_problem, hang_up, one_line, root_cause

CONNECT_TIMEOUT_SECONDS = 10
READ_BYTES = 256 * 1024
QUOTED_BYTES = 4000
LONG_WORD = re.compile(r"[\w.-]{20,}")


class DeadlineError(Exception):
    """Raised if an answer comes too late; no `OSError`, which requests and urllib3 would wrap."""


class TooLargeError(Exception):
    """Raised if an answer, or one record in it, has more than `bytes_at_most` bytes."""

    def __init__(self, bytes_at_most: int) -> None:
        self.megabytes = bytes_at_most >> 20
        super().__init__(f"more than {self.megabytes} MB")


class HTTPSession(requests.Session):
    """A `requests` session that bounds time and size of answers and follows no redirect.

    `timeout_seconds` bounds each wait for data. Reading raises `DeadlineError` after `deadline`, a
    time of `time.monotonic`, and `TooLargeError` above `bytes_at_most`. `network` has proxies and
    CA files by environment variable; `answer` and `socket` are those of the last request.
    """

    def __init__(
        self,
        network: Mapping[str, str],
        *,
        timeout_seconds: float,
        deadline: float,
        bytes_at_most: int,
    ) -> None:
        super().__init__()
        # requests would prefer a login in ~/.netrc to ours (psf/requests, issue 3929).
        self.trust_env = False
        self.max_redirects = 5
        self.verify = network.get("REQUESTS_CA_BUNDLE") or network.get("CURL_CA_BUNDLE") or True
        self.deadline = deadline
        self.bytes_at_most = bytes_at_most
        self.answer: requests.Response | None = None
        self._network = network
        self._timeout_seconds = timeout_seconds
        self._host = self._proxy_variable = ""
        self.socket: Any = None
        self._is_cut = False
        for prefix in ("http://", "https://"):
            self.mount(prefix, _BoundedAdapter(self))

    def merge_environment_settings(self, url: Any, proxies: Any, *others: Any) -> Any:
        """Returns a request's settings with the proxy for `url`; this machine itself needs none."""
        parts = urlsplit(str(url))
        self._host = parts.netloc.rpartition("@")[2]
        names = {parts.scheme: f"{parts.scheme}_proxy".upper(), "all": "ALL_PROXY"}
        named = {key: self._network[name] for key, name in names.items() if name in self._network}
        no_proxy = {"no": self._network.get("NO_PROXY", "")}
        if parts.hostname in LOOPBACK or proxy_bypass_environment(self._host, no_proxy):
            proxies = {}
        else:  # Windows and macOS have settings besides the variables.
            proxies = named or get_environ_proxies(str(url))
        is_led = select_proxy(str(url), proxies)
        self._proxy_variable = names[next(iter(named), parts.scheme)] if is_led else ""
        return super().merge_environment_settings(url, proxies, *others)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise DeadlineError
        timeouts = min(CONNECT_TIMEOUT_SECONDS, left), min(self._timeout_seconds, left)
        streamed = {**kwargs, "timeout": timeouts, "stream": True}
        self.answer = response = super().send(request, **streamed)
        if not kwargs["stream"]:
            with response:
                body = b"".join(blocks(response.raw, self.bytes_at_most))
            response.raw = io.BytesIO(body)
        return response

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Returns None, so that no redirect is followed: the login is for this server alone."""
        return None

    def fault(self, error: BaseException, usual: Problem) -> tuple[Problem, dict[str, str]]:
        """Returns the problem behind the `error` of a connection, and facts for its sentences.

        A refused certificate is the problem, else the proxy if there is one, else `usual`.
        """
        said = "timed out" if isinstance(error, DeadlineError) else root_cause(error)
        facts = {"host": self._host, "said": said}
        if problem := certificate_problem(error, Problem.CERTIFICATE):
            return problem, facts
        if self._proxy_variable:
            return Problem.PROXY, {**facts, "variable": self._proxy_variable}
        return usual, facts

    def hold(self, sock: Any) -> None:
        """Keeps a new connection's socket for `cut` to end; if `cut` was called, ends it now."""
        self.socket = sock
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """Ends the session's connection, and each later one at once; any thread may call this."""
        self._is_cut = True
        hang_up(self.socket)

    def close(self) -> None:
        """Closes the session and ends its connection now rather than at garbage collection."""
        self.cut()
        super().close()


class _BoundedAdapter(HTTPAdapter):
    """An adapter whose connections read answers until the deadline, through a proxy as well."""

    def __init__(self, session: HTTPSession) -> None:
        super().__init__()
        self._session = session

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        plain = type(pool).ConnectionCls

        def connect(connection: Any) -> None:
            # In a thread, since nothing else bounds a wait for DNS.
            connected = in_background(lambda: plain.connect(connection))
            result_of(connected, self._session.deadline - time.monotonic())
            self._session.hold(connection.sock)

        bounded = {"connect": connect, "response_class": self._response}
        pool.ConnectionCls = type("Connection", (plain,), bounded)
        return pool

    def _response(self, sock: Any, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, *args, **kwargs)
        stream = _BoundedStream(response.fp.detach(), self._session.deadline)
        response.fp = io.BufferedReader(stream)
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


def blocks(raw: Any, bytes_at_most: int) -> Iterator[bytes]:
    """Yields a urllib3 response's decoded body; raises `TooLargeError` above `bytes_at_most`."""
    size = 0
    while block := raw.read1(READ_BYTES, decode_content=True):
        size += len(block)
        if size > bytes_at_most:
            raise TooLargeError(bytes_at_most)
        yield block


def quoted(answer: requests.Response) -> str:
    """Returns status and beginning of `answer` on one line; `***` hides what may be the login."""
    body = answer.content[:QUOTED_BYTES].decode("utf-8", "replace")
    text = f"HTTP {answer.status_code} {answer.reason or ''}".rstrip()
    text += f": {body}" if body.strip() else ""
    # A page may repeat the login that came with the request.
    for word in LONG_WORD.findall(f"{answer.request.headers} {answer.request.body!r}"):
        text = text.replace(word, "***")
    return one_line(text)
