"""A grader on loopback, and clients of it that never really wait between tries."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
import trustme

from etl.components.api_client import APIClient
from etl.demo.campus import record
from etl.models.errors import ExtractError
from etl.models.records import Answer
from etl.models.window import Window
from etl.settings.redaction import Redactor
from tests.grader_faults import Behaviour, Exchange, GraderServer

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
KEY = "kéy&5d0e/5b0d=e1"
LOGIN: dict[str, Any] = {"client": "demo university", "client_key": KEY}
RECORDS = [record(created_at=f"2026-03-07 09:16:11.{n:06}") for n in range(50)]
WEEK = Window.of_days(date(2026, 3, 2), date(2026, 3, 8), ZoneInfo("UTC"))
HOUR = Window(datetime(2026, 3, 7, 9, tzinfo=UTC), datetime(2026, 3, 7, 10, tzinfo=UTC), WEEK.zone)

Client = Callable[..., APIClient]


@pytest.fixture
def grader() -> Iterator[GraderServer]:
    with GraderServer(lambda start, end: RECORDS, **LOGIN) as server:
        yield server


@pytest.fixture
def secure_grader(tmp_path: Path) -> Iterator[GraderServer]:
    """Speaks TLS, with a certificate that clients trust."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with GraderServer(lambda start, end: RECORDS, **LOGIN, ssl_context=context) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """What the client wanted to wait between its tries, in seconds."""
    return []


@pytest.fixture
def client(grader: GraderServer, waits: list[float], tmp_path: Path) -> Client:
    """Makes clients of the grader: `client(timeout_seconds=0.2)`."""

    def build(url: str = grader.url, **changes: Any) -> APIClient:
        usual: dict[str, Any] = {"timeout_seconds": 5, "deadline_seconds": 60}
        usual |= {"sleep": waits.append, "now": lambda: NOW, "redact": Redactor([KEY])}
        bundle = tmp_path / "ca.pem"
        usual["network"] = {"REQUESTS_CA_BUNDLE": str(bundle)} if bundle.exists() else {}
        return APIClient(url, **LOGIN, **(usual | changes))

    return build


def failure(api: APIClient, window: Window = WEEK) -> ExtractError:
    with pytest.raises(ExtractError) as caught:
        api.fetch(window)
    return caught.value


def texts(answer: Answer) -> list[bytes]:
    return [bytes(raw) for piece in answer.pieces for raw in piece]


def values(answer: Answer) -> list[Any]:
    return [msgspec.json.decode(text) for text in texts(answer)]


def drip(start: bytes, drop: bytes) -> Behaviour:
    """Sends the start of an answer as it is, then one drop every 20 ms for ever."""

    def behave(exchange: Exchange) -> None:
        exchange.handler.close_connection = True
        exchange.write(start)
        while not exchange.ended(within_seconds=0.02):
            exchange.write(drop)

    return behave
