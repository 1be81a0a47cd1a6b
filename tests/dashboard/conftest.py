"""The small campus in a database of its own, and its page in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from etl.components.database_inserter import DatabaseInserter
from etl.dashboard.page import Dashboard
from etl.demo.campus import record
from etl.models.figures import PageFigures
from etl.models.window import Window
from etl.texts import CATALOGUES
from tests.conftest import Parameters, rows_in
from tests.dashboard import campus
from tests.dashboard.browser import Reader, chromium
from tests.database_inserter.batches import batch, entry, insert

MADE_AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC).astimezone(campus.ZONE)


Open = Callable[..., Reader]


@dataclass(frozen=True)
class Loaded:
    attempts: list[campus.Attempt]
    history: PageFigures
    pages: dict[str, Path]


@pytest.fixture(scope="session")
def loaded(postgres: Parameters, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    name = f"dashboard_{uuid4().hex}"
    rows_in(postgres, f"CREATE DATABASE {name}")
    server = {**postgres, "dbname": name}
    inserter = DatabaseInserter(lambda: server, zone=campus.ZONE)
    attempts = campus.attempts()
    inserter.open(MADE_AT)
    for window in _windows():
        days = window.days()
        records = [one.record() for one in campus.within(attempts, days[0], days[-1])]
        broken = record(attempt_type="debug", created_at=f"{days[0]} 12:00:00")
        insert(inserter, batch(*map(json.dumps, [*records, broken]), window=window))
    inserter.close(entry(finished_at=MADE_AT, received=7, inserted=5, rejected=2))
    directory = tmp_path_factory.mktemp("dashboard")
    pages = {one.language: directory / f"{one.language}.html" for one in CATALOGUES}
    for one in CATALOGUES:
        Dashboard(pages[one.language], one).write(inserter.page_figures, MADE_AT)
    yield Loaded(attempts, inserter.page_figures(), pages)
    rows_in(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def inserter(database: Parameters) -> Iterator[DatabaseInserter]:
    """At work in an empty database."""
    opened = DatabaseInserter(lambda: database, zone=campus.ZONE)
    opened.open(MADE_AT)
    yield opened
    opened.close(entry())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def open_page(browser: Browser, loaded: Loaded) -> Iterator[Open]:
    """`open_page("ru", viewport=...)`; no page may complain or ask for anything but itself."""
    readers = []

    def opened(language: str = "en", **options: Any) -> Reader:
        readers.append(Reader(browser, loaded.pages[language], **options))
        return readers[-1]

    yield opened
    for reader in readers:
        reader.page.close()
        assert reader.complaints == []
        assert [address.split(":")[0] for address in reader.asked] == ["file"]


def _windows() -> Iterator[Window]:
    """One for each unbroken row of days that were loaded."""
    for is_loaded, row in groupby(campus.days(), lambda day: day not in campus.NEVER_LOADED):
        days = list(row)
        if is_loaded:
            yield Window.of_days(days[0], days[-1], campus.ZONE)
