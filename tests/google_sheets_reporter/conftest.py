"""A reporter that talks to the emulated Google, and people who edit its sheet meanwhile."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from etl.components.google_sheets_reporter import GoogleSheetsReporter
from etl.demo import loopback
from etl.demo.google import NumberFormat
from etl.models.errors import ReportError
from etl.models.figures import DailyFigures, TaskFigures
from etl.models.notices import Publication
from etl.texts import RU
from tests.google_faults import GoogleServer, Spreadsheet, Tab

HEADER = list(RU.sheet_header)
US = "reporter@demo-project.iam.gserviceaccount.com"

Reporter = Callable[..., GoogleSheetsReporter]
Publish = Callable[..., Publication]


def march(number: int) -> date:
    return date(2026, 3, number)


def figures(number: int, **overrides: Any) -> DailyFigures:
    """That day of March 2026, with figures that no other day has."""
    counts = {"attempts": 10 * number, "users": number, "correct": number, "runs": 2 * number}
    return DailyFigures(**{"day": march(number), **counts, "submits": 8 * number, **overrides})


def row(day: DailyFigures) -> list[Any]:
    """As the sheet should show the day."""
    percent = day.success_percent
    return [day.day, day.attempts, day.users, day.correct, percent, day.runs, day.submits]


def rows(*numbers: int) -> list[list[Any]]:
    """As the sheet should show these days of March, below its header."""
    return [row(figures(number)) for number in numbers]


def task(number: int, **overrides: Any) -> TaskFigures:
    """A task with figures that no other has."""
    fields = {"course": "Python", "task": f"Задача {number}", "attempts": 10 * number}
    shares = {"first_try_percent": 40.25 + number, "success_percent": 60.5, "median_attempts": 2.5}
    return TaskFigures(**{**fields, "students": number, **shares, **overrides})


def task_row(one: TaskFigures) -> list[Any]:
    """As its tab should show the task."""
    others = {"course_name", "task_name", "address", "submits"}
    shown = {name: value for name, value in vars(one).items() if name not in others}
    return list(
        {
            **shown,
            "course": one.course_name or one.course,
            "task": one.task_name or one.task,
        }.values()
    )


def earlier_version(tab: Tab, *numbers: int) -> None:
    """Leaves the tab as the program left it before it knew of charts."""
    tab.put("A1", [HEADER, *rows(*numbers)])
    for line in range(1, len(numbers) + 1):
        tab.write(line, 4, replace(tab.cell(line, 4), number_format=NumberFormat("NUMBER", "0.00")))


def rearrange(tab: Tab, order: Sequence[int]) -> None:
    """Sort as a person does: whole rows move; `order` has the old places, from the top."""
    place = {old: new for new, old in enumerate(order)}
    tab.rearrange(lambda row: place.get(row, row))


def insert_column(tab: Tab, before: int) -> None:
    tab.insert_column(before)


def insert_row(tab: Tab, before: int) -> None:
    tab.insert_rows(before, 1)


def encoded(account: object) -> str:
    """As GOOGLE_SHEETS_CREDENTIALS_BASE64 has it."""
    return b64encode(json.dumps(account).encode()).decode()


def refusal(ask: Callable[[], object]) -> ReportError:
    with pytest.raises(ReportError) as refused:
        ask()
    return refused.value


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer(spreadsheet=Spreadsheet(titles=["Отчёт"])) as server:
        yield server


@pytest.fixture
def tab(google: GoogleServer) -> Tab:
    """The first tab, empty."""
    return google.spreadsheet.tabs[0]


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the reporter wanted to wait, one after the other."""
    return []


@pytest.fixture
def reporter(google: GoogleServer, waits: list[float]) -> Reporter:
    def build(**overrides: Any) -> GoogleSheetsReporter:
        arguments = {
            "credentials_base64": google.credentials_base64,
            "spreadsheet_id": google.spreadsheet_id,
            "catalogue": RU,
            "api_url": google.url,
            "network": {},
            "sleep": waits.append,
        }
        return GoogleSheetsReporter(**{**arguments, **overrides})

    return build


@pytest.fixture
def publish(reporter: Reporter) -> Publish:
    """Publishes days of March by their numbers, or figures; without tasks unless told."""
    usual = reporter()  # reading its key takes longer than publishing

    def run(
        *days: int | DailyFigures, tasks: Sequence[TaskFigures] | None = None, **overrides: Any
    ) -> Publication:
        every = [day if isinstance(day, DailyFigures) else figures(day) for day in days]
        return (reporter(**overrides) if overrides else usual).publish(every, tasks)

    return run


class _Handler(loopback.Handler):
    server: Page

    def reply(self, asked: bytes) -> None:
        login = self.headers.get("Authorization")
        self.server.asked.append((self.path, login))
        body = self.server.body.replace("{Authorization}", login or "").encode()
        self.send_response(self.server.status)
        self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_OPTIONS = loopback.Handler.do_GET  # noqa: N815 - the name is http.server's


class Page(loopback.LoopbackServer):
    """Answers everything alike, perhaps with the login; `asked` has path and login of each."""

    handler = _Handler

    def __init__(self, status: int, body: str = "") -> None:
        super().__init__()
        self.status, self.body = status, body
        self.asked: list[tuple[str, str | None]] = []


@contextmanager
def silence() -> Iterator[str]:
    """The URL of a server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    """A URL that nobody listens at."""
    with silence() as url:
        return url
