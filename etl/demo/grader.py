"""An emulated grader on loopback, whose API is that of `docs/grader-api.md`.

    with GraderServer(campus.attempts, client="c", client_key="k") as grader:
        requests.get(grader.url, params={...})

Another path gets HTTP 404, another login 401, a request without a window 400.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from etl.demo.loopback import LoopbackServer

PATH = "/statistics"


def moment(text: str) -> datetime:
    """Parses UTC, as in `2026-03-01 00:00:00.000000`; raises `ValueError` for any other form."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


class GraderServer(LoopbackServer):
    """A grader's API at `url` while its context lasts; `attempts(start, end)` returns records."""

    def __init__(
        self, attempts: Callable[[datetime, datetime], list[Any]], *, client: str, client_key: str
    ) -> None:
        super().__init__()
        self.url += PATH
        self._attempts = attempts
        self._credentials = (client, client_key)

    def respond(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        url = urlsplit(request.path)
        query = dict(parse_qsl(url.query))
        if url.path != PATH:
            return 404, {"errors": "not found"}
        if (query.get("client"), query.get("client_key")) != self._credentials:
            return 401, {"errors": "unauthorized"}
        try:
            window = moment(query["start"]), moment(query["end"])
        except (KeyError, ValueError):
            return 400, {"errors": "start and end are needed"}
        return 200, self._attempts(*window)
