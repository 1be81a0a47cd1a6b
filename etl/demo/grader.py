"""A stand-in for the grader's statistics API: a real HTTP server on loopback.

    with GraderServer(campus.attempts, client="c", client_key="k") as grader:
        requests.get(grader.url, params={...})

It answers as grader-api.md says; tests have one that misbehaves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

PATH = "/statistics"


def moment(text: str) -> datetime:
    """Returns `start` or `end` in aware UTC; ValueError if not `YYYY-MM-DD HH:MM:SS.ffffff`."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


class Handler(BaseHTTPRequestHandler):
    server: GraderServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        code, content = self.server.answer(url.path, dict(parse_qsl(url.query)))
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Logs nothing."""


class GraderServer(ThreadingHTTPServer):
    """A server of `attempts(start, end)`, aware UTC, at `url` while its context lasts."""

    handler = Handler

    def __init__(
        self,
        attempts: Callable[[datetime, datetime], list[Any]],
        *,
        client: str,
        client_key: str,
    ) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.server_port}{PATH}"
        self._attempts = attempts
        self._credentials = (client, client_key)

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        """Returns the status and the content of the answer to a request."""
        if path != PATH:
            return 404, {"errors": "not found"}
        if (query.get("client"), query.get("client_key")) != self._credentials:
            return 401, {"errors": "unauthorized"}
        try:
            window = moment(query["start"]), moment(query["end"])
        except (KeyError, ValueError):
            return 400, {"errors": "start and end are needed"}
        return 200, self._attempts(*window)
