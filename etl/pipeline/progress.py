"""How far a run has come: on a terminal as it goes, and now and then as a line in the log."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from etl.models.attempts import Answer
from etl.models.window import Window
from etl.texts import EN

if TYPE_CHECKING:
    from rich.console import RenderableType

log = logging.getLogger(__name__)

LINE_SECONDS = 180
MINUTE = 60

Show = Callable[..., None]  # takes what the run is busy with, and a `Loading` if that is going on


class Loading:
    """The part of a window that is loaded already, and what it took."""

    def __init__(self, window: Window, now: Callable[[], float] = time.monotonic) -> None:
        self.days = len(window.days())
        self.days_done = 0
        self._window = window
        self._left = window.length
        self._records = 0
        self._requests = 0
        self._now = now
        self._begun = now()

    def add(self, answer: Answer, rest: Window | None) -> None:
        self._records += answer.count
        self._requests += answer.tries
        self.days_done = self.days - (len(rest.days()) if rest else 0)
        self._left = self._window.end - answer.window.end

    @property
    def seconds_left(self) -> float | None:
        """As if the rest went as what is done; None before anything is."""
        done = self._window.length - self._left
        return (self._now() - self._begun) * (self._left / done) if done else None

    @property
    def counts(self) -> str:
        facts = {"records": self._records, "requests": self._requests}
        counts = EN.fill("{records:record|records}, {requests:request|requests}", facts)
        seconds = self.seconds_left
        if not seconds:
            return counts
        if seconds < MINUTE:
            return f"{counts}, less than a minute left"
        return f"{counts}, about {EN.seconds(MINUTE * round(seconds / MINUTE))} left"

    @property
    def days_of_all(self) -> str:
        return EN.fill("{done} of {all:day|days}", {"done": self.days_done, "all": self.days})


def at_terminal() -> bool:
    """Whether somebody sees this run: cron and systemd give it no terminal at either end."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


@contextmanager
def progress(now: Callable[[], float] = time.monotonic) -> Iterator[Show]:
    """Shows what the run is busy with, gone when it ends; a plain line where that cannot be."""
    say = _Lines(now)
    if not _is_lively():
        yield say
        return
    from rich.console import Console

    with Console(highlight=False).status("") as status:

        def show(text: str, loading: Loading | None = None) -> None:
            status.update(text if loading is None else block(text, loading))
            say.log(loading)

        yield show


class _Lines:
    """One every few minutes of a loading, in the log and for whoever has a terminal."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._said = now()

    def __call__(self, _: str, loading: Loading | None = None) -> None:
        line = self.log(loading)
        if line and at_terminal():
            print(line, flush=True)

    def log(self, loading: Loading | None) -> str | None:
        if loading is None or self._now() - self._said < LINE_SECONDS:
            return None
        self._said = self._now()
        line = f"{loading.days_of_all}, {loading.counts}"
        log.info("extract: %s", line)
        return line


def _is_lively() -> bool:
    """A terminal on which a line can be written anew."""
    if not sys.stdout.isatty():
        return False
    from rich.console import Console

    return not Console().is_dumb_terminal


def block(text: str, loading: Loading) -> RenderableType:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    bar = Table.grid(padding=(0, 1), expand=True)
    bar.add_column(ratio=1)
    bar.add_column(no_wrap=True)
    bar.add_row(ProgressBar(loading.days, loading.days_done), loading.days_of_all)
    return Group(Text(text), bar, Text(loading.counts))
