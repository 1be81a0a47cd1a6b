"""A grader on loopback, and clients of it that never really wait between tries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from etl.components.api_client import APIClient
from etl.demo.campus import record
from etl.demo.grader.behaviours import Behaviour, Exchange
from etl.demo.grader.server import GraderServer
from etl.models import Answer
from etl.windows import Window

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
def waits() -> list[float]:
    """What the client wanted to wait between its tries, in seconds."""
    return []


@pytest.fixture
def client(grader: GraderServer, waits: list[float]) -> Client:
    """Makes clients of the grader: `client(timeout_seconds=0.2)`."""

    def build(url: str = grader.url, **changes: Any) -> APIClient:
        defaults = {"timeout_seconds": 5, "deadline_seconds": 60}
        return APIClient(url, **LOGIN, **(defaults | changes), now=lambda: NOW, sleep=waits.append)

    return build


def values(answer: Answer) -> list[Any]:
    return [msgspec.json.decode(raw) for raw in answer.records]


def drip(start: bytes, drop: bytes) -> Behaviour:
    """Sends the start of an answer as it is, then one drop every 20 ms for ever."""

    def behave(exchange: Exchange) -> None:
        exchange.handler.close_connection = True
        exchange.write(start)
        while not exchange.ended(within_seconds=0.02):
            exchange.write(drop)

    return behave
