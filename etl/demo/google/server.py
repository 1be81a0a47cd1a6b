"""An emulated Google on loopback: the Sheets API v4 and the OAuth 2.0 token endpoint.

gspread and google-auth talk to it when the address of the API is replaced by `url`; the service
account that it hands out already points to its token endpoint. It misbehaves on request.
"""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from datetime import timedelta
from typing import Literal, Self

from etl.demo.google.api import ApiError, SheetsApi
from etl.demo.google.behaviours import Answer, Call, Script
from etl.demo.google.oauth import TokenEndpoint
from etl.demo.google.ranges import Json
from etl.demo.google.spreadsheet import Spreadsheet
from etl.demo.google.transport import HTTPServer

UNAUTHENTICATED = ApiError(
    401,
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
    "or other valid authentication credential.",
)
FORBIDDEN = ApiError(403, "PERMISSION_DENIED", "The caller does not have permission")


class GoogleServer:
    """One spreadsheet and one service account behind a server; use it as a context manager.

    `share` is what the service account may do, `clock_skew` how far Google's clock is ahead.
    """

    def __init__(self, *, spreadsheet: Spreadsheet | None = None) -> None:
        self.spreadsheet = spreadsheet or Spreadsheet()
        self.spreadsheet_id = "1demo-Spreadsheet_of-the-campus-000000000000"
        self.share: Literal["editor", "viewer"] | None = "editor"
        self.clock_skew = timedelta()
        self.calls: list[Call] = []
        self.closing = threading.Event()
        self._api = SheetsApi(self.spreadsheet, self.spreadsheet_id)
        self._lock = threading.Lock()
        self._script = Script()
        self._http = HTTPServer(self)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._oauth = TokenEndpoint(f"{self.url}/token")
        self.service_account: dict[str, str] = self._oauth.service_account
        self.spreadsheet.account = self.service_account["client_email"]
        self.credentials_base64 = b64encode(json.dumps(self.service_account).encode()).decode()

    def __enter__(self) -> Self:
        # Closing waits for one poll: the default of half a second would slow every test.
        serve = threading.Thread(target=self._http.serve_forever, args=(0.005,), daemon=True)
        serve.start()
        return self

    def __exit__(self, *exit_reason: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def writes(self) -> int:
        """How many writes were applied, whether or not their answers arrived."""
        return self._api.writes

    def revoke_key(self) -> None:
        """Refuse new tokens for the key; tokens already issued live on, as at Google."""
        self._oauth.revoke_key()

    def then(self, *answers: Answer, writes_only: bool = False) -> None:
        """Give these answers to the next API calls, one each; None is the true answer.

        With `writes_only` reads pass by; an AnswerLost waits for a write in any case.
        """
        with self._lock:
            self._script.then(answers, writes_only=writes_only)

    def always(self, answer: Answer) -> None:
        """Give this answer whenever `then` has none left; None ends it."""
        self._script.always = answer

    def token(self, form: Json) -> Json:
        with self._lock:
            self.calls.append(Call("POST", "/token", form))
            return self._oauth.issue(form, self.clock_skew)

    def ask(self, call: Call, authorization: str) -> Answer:
        """Record an API call and choose what happens to it; ApiError without a valid token."""
        with self._lock:
            self.calls.append(call)
            if not self._oauth.accepts(authorization):
                raise UNAUTHENTICATED
            return self._script.take(is_write=call.method != "GET")

    def apply(self, method: str, target: str, body: Json | None) -> Json:
        """The true answer; ApiError when the sharing or the API refuses."""
        with self._lock:
            if self.share is None or (self.share == "viewer" and method != "GET"):
                raise FORBIDDEN
            return self._api.answer(method, target, body)
