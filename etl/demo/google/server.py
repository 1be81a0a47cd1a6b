"""An emulated Google on loopback: the Sheets API v4 and the OAuth 2.0 token endpoint.

The service account that it hands out points to its token endpoint. Only our client's calls are
answered, and none is refused: metadata without cells, values in a batch (unformatted, dates as
serial numbers), and batchUpdate. Tests have one that refuses, hangs and loses answers.
Source: https://developers.google.com/workspace/sheets/api/reference/rest
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from etl.demo.google.spreadsheet import Json, Spreadsheet
from etl.demo.loopback import LoopbackServer

ACCOUNT = "reporter@demo-project.iam.gserviceaccount.com"


class GoogleServer(LoopbackServer):
    """A server for one spreadsheet and one service account; use it as a context manager."""

    def __init__(self, *, spreadsheet: Spreadsheet | None = None) -> None:
        super().__init__()
        self.spreadsheet = spreadsheet or Spreadsheet()
        self.spreadsheet_id = "1demo-Spreadsheet_of-the-campus-000000000000"
        self.service_account = {
            "type": "service_account",
            "private_key_id": "0000000000000000000000000000000000000000",
            "private_key": _private_key(),
            "client_email": ACCOUNT,
            "token_uri": f"{self.url}/token",
        }
        self.credentials_base64 = b64encode(json.dumps(self.service_account).encode()).decode()

    def respond(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Json]:
        if request.path == "/token":
            return 200, {"access_token": "demo", "expires_in": 3599, "token_type": "Bearer"}
        return 200, self.apply(request.command, request.path, json.loads(body or b"{}"))

    def apply(self, method: str, target: str, body: Json) -> Json:
        """Returns the answer to a call of the API with a good token."""
        book, url = self.spreadsheet, urlsplit(target)
        if method == "POST":
            return {"replies": book.update(body["requests"])}
        if url.path.endswith("/values:batchGet"):
            ranges = parse_qs(url.query)["ranges"]
            return {"valueRanges": [book.value_range(one) for one in ranges]}
        sheets = [tab.as_sheet() for tab in book.tabs]
        return {"properties": {"title": book.title}, "sheets": sheets}


@cache
def _private_key() -> str:
    """Returns one short key per process, since making it takes time."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it opens nothing
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
