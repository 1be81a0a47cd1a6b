"""Grader, Google and mail server on loopback, and settings that lead the pipeline to them.

    with World(tmp_path) as world:
        assert main([], environ=world.environ, root=tmp_path) == 0
        world.google.spreadsheet, world.mail.letters ...

With these settings alone the database is the embedded one under `root`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from etl.demo.campus import Campus
from etl.demo.google import GoogleServer, Spreadsheet
from etl.demo.grader import GraderServer
from etl.demo.mail import MailServer

RECIPIENTS = ("dean@uni.example", "analyst@uni.example")
SENDER = "etl@uni.example"


class World(ExitStack):
    """Emulated peers that run while the context lasts; `environ` has the settings to reach them."""

    grader_server = GraderServer
    google_server = GoogleServer
    mail_server = MailServer

    def __init__(
        self,
        directory: Path,
        *,
        attempts: Callable[[datetime, datetime], list[Any]] | None = None,
        spreadsheet: Spreadsheet | None = None,
        client_key: str = "demo-key-5d0e5b0d",
        password: str = "demo-application-password",
    ) -> None:
        super().__init__()
        client = "demo-university"
        self.grader = self.grader_server(
            attempts or Campus().attempts, client=client, client_key=client_key
        )
        self.google = self.google_server(spreadsheet=spreadsheet)
        self.mail = self.mail_server(user=SENDER, password=password, directory=directory)
        self.environ = {
            "API_URL": self.grader.url,
            "API_CLIENT": client,
            "API_CLIENT_KEY": client_key,
            "GOOGLE_SHEETS_CREDENTIALS_BASE64": self.google.credentials_base64,
            "SPREADSHEET_ID": self.google.spreadsheet_id,
            "GOOGLE_SHEETS_API_URL": self.google.url,
            "SMTP_SERVER": self.mail.host,
            "SMTP_PORT": str(self.mail.port),
            "SMTP_SECURITY": "tls",
            "SENDER_EMAIL": SENDER,
            "SENDER_PASSWORD": password,
            "RECIPIENTS_EMAILS": ", ".join(RECIPIENTS),
            "SSL_CERT_FILE": str(self.mail.ca_file),
        }

    def __enter__(self) -> Self:
        for server in (self.grader, self.google, self.mail):
            self.enter_context(server)
        return self
