"""An emulated Google on loopback: the Sheets API v4 and the OAuth 2.0 token endpoint.

gspread and google-auth talk to it when the address of the API is replaced by `url`; the service
account that it hands out already points to its token endpoint. Tests refuse, hang and lose answers
in `token`, `respond` and `apply`.
"""

from __future__ import annotations

import json
import secrets
import threading
from base64 import b64encode
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from etl.demo.google.api import Status, answer
from etl.demo.google.spreadsheet import Json, Spreadsheet

API = "/v4/spreadsheets/"
ACCOUNT = "reporter@demo-project.iam.gserviceaccount.com"
UNAUTHENTICATED = Status(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
NOT_FOUND = Status(404, "NOT_FOUND", "Requested entity was not found.")


class GoogleServer(ThreadingHTTPServer):
    """A server for one spreadsheet and one service account; use it as a context manager."""

    def __init__(self, *, spreadsheet: Spreadsheet | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spreadsheet = spreadsheet or Spreadsheet()
        self.spreadsheet_id = "1demo-Spreadsheet_of-the-campus-000000000000"
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.service_account = _service_account(f"{self.url}/token")
        self.credentials_base64 = b64encode(json.dumps(self.service_account).encode()).decode()
        self._tokens: set[str] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        # Closing waits for one poll: the default of half a second would slow every test.
        serve = threading.Thread(target=self.serve_forever, args=(0.005,), daemon=True)
        serve.start()
        return self

    def __exit__(self, *exit_reason: object) -> None:
        self.shutdown()
        self.server_close()

    def token(self, form: Json) -> Json:
        """Returns a bearer token for a form, whose signature is not looked at."""
        token = "ya29." + secrets.token_urlsafe(32)
        self._tokens.add(token)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def respond(self, method: str, target: str, body: Json | None, authorization: str) -> Json:
        """Returns the answer to a call of the API. Raises `Status` where it is refused."""
        if authorization.removeprefix("Bearer ") not in self._tokens:
            raise UNAUTHENTICATED
        return self.apply(method, target, body)

    def apply(self, method: str, target: str, body: Json | None) -> Json:
        """Returns the answer to a call with a good token."""
        address = API + self.spreadsheet_id
        if not target.startswith(address):
            raise NOT_FOUND
        with self._lock:
            return answer(self.spreadsheet, method, target.removeprefix(address), body)


class _Handler(BaseHTTPRequestHandler):
    """One call: HTTP/1.0 ends its connection, with or without an answer."""

    server: GoogleServer

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            if self.path == "/token":
                self._send(200, self.server.token(dict(parse_qsl(body.decode()))))
            else:
                asked = self.command, self.path, json.loads(body) if body else None
                login = self.headers.get("Authorization", "")
                self._send(200, self.server.respond(*asked, login))
        except Status as refusal:
            self._send(refusal.code, refusal.answer)

    do_GET = do_POST

    def _send(self, code: int, answer: Json) -> None:
        body = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _service_account(token_uri: str) -> dict[str, str]:
    """Returns what is read of a key's file."""
    return {
        "type": "service_account",
        "private_key_id": secrets.token_hex(20),
        "private_key": _private_key(),
        "client_email": ACCOUNT,
        "token_uri": token_uri,
    }


@cache
def _private_key() -> str:
    """Returns one short key per process, since making it takes time."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it opens nothing
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
