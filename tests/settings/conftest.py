"""Settings out of a written `.env` and a given environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from etl.settings.reading import Settings, read_settings

API = {
    "API_URL": "https://grader.example/api",
    "API_CLIENT": "university",
    "API_CLIENT_KEY": "key-5d0e5b0d",
}
DATABASE = {
    "DB_HOST": "db.example",
    "DB_NAME": "lms",
    "DB_USER": "etl",
    "DB_PASSWORD": "db-password",
}
SHEET = {"GOOGLE_SHEETS_CREDENTIALS_BASE64": "Y3JlZGVudGlhbHM=", "SPREADSHEET_ID": "sheet-id"}
MAIL = {
    "SMTP_SERVER": "mail.example",
    "SENDER_EMAIL": "etl@uni.example",
    "SENDER_PASSWORD": "mail-password",
    "RECIPIENTS_EMAILS": "dean@uni.example",
}
COMPLETE = {**API, **DATABASE, **SHEET, **MAIL}

Read = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """`read(b"...", API_URL="...")`: the bytes of `.env`, and the environment."""

    def build(env_file: bytes | None = None, **environ: str) -> Settings:
        if env_file is not None:
            (tmp_path / ".env").write_bytes(env_file)
        return read_settings(tmp_path / ".env", environ)

    return build


def warnings(settings: Settings) -> dict[str, Mapping[str, str]]:
    """Variable and facts of each that says that nobody reads a line."""
    return {one.variable: one.facts for one in settings.warnings if one.code.startswith("unread")}


def problems(settings: Settings) -> list[tuple[str, str]]:
    """Variable and code of each."""
    return [(problem.variable, problem.code) for problem in settings.problems]
