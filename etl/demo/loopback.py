"""An HTTP server on loopback with answers in JSON: the base of the emulated grader and Google."""

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
        """Sends the server's response to this request as JSON; `asked` is the request's body."""
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
    """An HTTP server at `url`, on a free port of 127.0.0.1, which runs while its context lasts."""

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
        """Returns HTTP status and JSON content for `request`. Subclasses define this method."""
        raise NotImplementedError
