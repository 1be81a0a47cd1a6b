"""HTTP on loopback with answers in JSON: what the demo's grader and its Google have in common."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self


class Handler(BaseHTTPRequestHandler):
    """A handler of one HTTP/1.0 request, GET or POST, after which the connection ends."""

    server: LoopbackServer

    def do_GET(self) -> None:
        self.reply(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_POST = do_GET

    def reply(self, asked: bytes) -> None:
        """Sends as JSON what the server responds to the request with the body `asked`."""
        code, content = self.server.respond(self, asked)
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Logs nothing."""


class LoopbackServer(ThreadingHTTPServer):
    """An HTTP server on 127.0.0.1, with the address `url`, that runs while its context lasts."""

    handler: type[BaseHTTPRequestHandler] = Handler

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        # Closing waits for one poll: the default of half a second would slow every test.
        Thread(target=self.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def respond(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        """Returns the HTTP status and the JSON content that answer `request`; for subclasses."""
        raise NotImplementedError
