"""Each stage by itself, with what it needs ready before its clock starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.table import Table

from etl.components.api_client import APIClient
from etl.components.data_processor import DataProcessor
from etl.components.database_inserter import DatabaseInserter
from etl.models.records import Answer, Batch
from etl.models.window import Window
from etl.postgres.figures import daily_figures
from tests.benchmarks.grader import FIRST_DAY, last_day
from tests.benchmarks.place import Bench
from tests.database_inserter.batches import within

UTC_ZONE = ZoneInfo("UTC")


def _answers(url: str, window: Window) -> Iterator[Answer]:
    client = APIClient(url, "client", "key", network={}, now=lambda: datetime.now(UTC), redact=str)
    rest: Window | None = window
    while rest:
        answer = client.fetch(rest)
        yield answer
        rest = rest.after(answer.window)


def measure(bench: Bench, records: int) -> Table:
    window = Window.of_days(FIRST_DAY, last_day(records), UTC_ZONE)
    table = Table("stage by itself", "seconds", "records a second")

    def add(name: str, begun: float) -> None:
        seconds = time.perf_counter() - begun
        table.add_row(name, f"{seconds:.2f}", f"{records / seconds:,.0f}")

    begun = time.perf_counter()
    fetched = list(_answers(bench.url, window))
    add("extract", begun)

    begun = time.perf_counter()
    batches: list[list[Batch]] = [list(DataProcessor().process(answer)) for answer in fetched]
    add("transform", begun)

    with bench.database() as database:
        inserter = DatabaseInserter(lambda: database.parameters, zone=UTC_ZONE)
        inserter.open(datetime.now(UTC))
        for name in ("load", "load, all known"):
            begun = time.perf_counter()
            for answer, ready in zip(fetched, batches, strict=True):
                inserter.insert(answer, lambda ready=ready: ready)
            add(name, begun)
        begun = time.perf_counter()
        within(inserter, daily_figures, window.days())
        add("daily figures", begun)
    return table
