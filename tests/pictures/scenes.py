"""The runs that are in the pictures: months of history, a good run, a ⚠️ one, a failed one.

Their time begins at a given moment, so that pictures made later show the same days.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from etl.demo.campus import Campus, names_file
from etl.main import main
from etl.postgres.embedded import start_embedded_server
from tests.conftest import World
from tests.grader_faults import Status

FIRST_DAY = date(2025, 12, 8)
GOOD = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
WARNING, FAILED = GOOD + timedelta(days=3), GOOD + timedelta(days=6)
SILENT_DAY = date(2026, 3, 11)


class Clock:
    """Called, it tells the time; it goes at the pace of the real one."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def set(self, moment: datetime) -> None:
        self._moment, self._begun = moment, time.monotonic()

    def __call__(self) -> datetime:
        return self._moment + timedelta(seconds=time.monotonic() - self._begun)


@contextmanager
def log_stamped_by(clock: Clock) -> Iterator[None]:
    """The log's lines bear this clock's time, as letters and sheet do."""
    make = logging.getLogRecordFactory()

    def stamped(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = make(*arguments, **named)
        moment = clock().timestamp()
        record.created, record.msecs = moment, moment % 1 * 1000
        return record

    logging.setLogRecordFactory(stamped)
    try:
        yield
    finally:
        logging.setLogRecordFactory(make)


def play(directory: Path, clock: Clock, language: str) -> Mapping[str, Path]:
    """The letters and the dashboard as files of HTML in `directory`, which is made, by name."""
    directory.mkdir()
    files = {
        name: directory / f"{name}.html"
        for name in ("letter", "letter-warning", "letter-failed", "dashboard")
    }
    with World(directory, attempts=_attempts) as world:
        page = directory / "page.html"
        files_of_its_own = {
            "DASHBOARD_FILE": str(page),
            "TASK_NAMES_FILE": str(names_file(language)),
        }
        environ = world.environ | _database(directory) | files_of_its_own

        def run(moment: datetime, *arguments: str) -> int:
            clock.set(moment)
            settings = environ | {"REPORT_LANGUAGE": language}
            return main(arguments, environ=settings, now=clock, root=directory)

        history = ("--from", f"{FIRST_DAY}", "--to", f"{GOOD.date() - timedelta(days=4)}")
        assert run(GOOD - timedelta(days=3), *history) == 0
        assert run(GOOD) == 0
        _save_letter(world, files["letter"])
        shutil.copy(page, files["dashboard"])
        assert run(WARNING) == 0
        _save_letter(world, files["letter-warning"])
        world.grader.always(Status(403))
        with redirect_stderr(StringIO()):  # its failure is not one of this command
            assert run(FAILED) == 3
        _save_letter(world, files["letter-failed"])
    return files


def _attempts(start: datetime, end: datetime) -> list[Any]:
    """The demo's campus, with one day on which nothing came from it."""
    night = datetime.combine(SILENT_DAY, datetime.min.time(), UTC)
    morning = night + timedelta(days=1)
    campus = Campus().attempts
    return [*campus(start, min(end, night)), *campus(max(start, morning), end)]


def _database(directory: Path) -> dict[str, str]:
    """A server as `.env` names it: without one, the letter would advise to have one."""
    parameters = start_embedded_server(directory / "data")
    return {
        "DB_HOST": parameters["host"],
        "DB_NAME": parameters["dbname"],
        "DB_USER": parameters["user"],
        "DB_PASSWORD": "not-asked-for-on-this-socket",
    }


def _save_letter(world: World, file: Path) -> None:
    part = world.mail.letters[-1].message.get_body(("html",))
    file.write_text(part.get_content(), encoding="utf-8")
