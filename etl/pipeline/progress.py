"""How far a run has come: on a terminal as it goes, and now and then as a line in the log."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from etl.models.records import Answer
from etl.models.window import Window
from etl.pipeline.console import at_terminal
from etl.texts import EN
from etl.texts.conventions import NO_BREAK_SPACE

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.status import Status

log = logging.getLogger(__name__)

LINE_SECONDS = 180
MINUTE = 60
WIDEST_BAR = 60


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


class Display:
    """Says what the run is busy with; where no line can be written anew, only now and then."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._loading: Loading | None = None
        self._line_at = now()

    def __call__(self, text: str) -> None:
        line = self._due_line()
        if line and at_terminal():
            with suppress(OSError):  # a pipe whose reader has gone stops no run
                print(line, flush=True)

    @contextmanager
    def loading(self, window: Window) -> Iterator[Loading]:
        """How far it has come is shown as well, whatever else is."""
        self._loading = Loading(window, self._now)
        try:
            yield self._loading
        finally:
            self._loading = None

    def _due_line(self) -> str | None:
        """The loading's next line, once it is in the log."""
        if self._loading is None or self._now() - self._line_at < LINE_SECONDS:
            return None
        self._line_at = self._now()
        line = f"{self._loading.days_of_all}, {self._loading.counts}"
        line = line.replace(NO_BREAK_SPACE, " ")  # to be found by who searches, on any terminal
        log.info("extract: %s", line)
        return line


class _LiveDisplay(Display):
    def __init__(self, status: Status, now: Callable[[], float]) -> None:
        super().__init__(now)
        self._status = status

    def __call__(self, text: str) -> None:
        self._status.update(_block(text, self._loading) if self._loading else text)
        self._due_line()


@contextmanager
def progress(
    now: Callable[[], float] = time.monotonic, *, shares_terminal: bool = False
) -> Iterator[Display]:
    """What it shows is gone when it ends. `shares_terminal`: another program writes there too."""
    if shares_terminal or not _is_lively():
        yield Display(now)
        return
    from rich.console import Console

    with Console(highlight=False).status("") as status:
        yield _LiveDisplay(status, now)


def _is_lively() -> bool:
    """A terminal on which a line can be written anew."""
    if not sys.stdout.isatty():
        return False
    from rich.console import Console

    return not Console().is_dumb_terminal


def _block(text: str, loading: Loading) -> RenderableType:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    bar = Table.grid(padding=(0, 1))
    bar.add_column(max_width=WIDEST_BAR)
    bar.add_column(no_wrap=True)
    bar.add_row(ProgressBar(loading.days, loading.days_done), loading.days_of_all)
    return Group(Text(text), bar, Text(loading.counts))
