"""Output for a person at a terminal; under cron, only errors on stderr."""

from __future__ import annotations

import codecs
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from io import TextIOWrapper
from textwrap import wrap
from typing import TYPE_CHECKING, TextIO
from unicodedata import normalize

from etl.models.errors import SettingProblem
from etl.models.figures import DailyFigures
from etl.models.notices import Notice, RunResult
from etl.models.peers import harmless
from etl.models.records import Answer, Batch, Reason
from etl.models.window import Window
from etl.pipeline.failures import failure_text
from etl.texts import EN
from etl.texts.catalogue import NO_BREAK_SPACE

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.status import Status
    from rich.table import Table

log = logging.getLogger(__name__)

# On a narrower terminal lines are folded, and no date or number is cut.
NARROWEST_TABLE = 72
LINE_SECONDS = 180
MINUTE = 60
WIDEST_BAR = 60
# Of our own sentences, for an output that cannot show it.
PUNCTUATION = str.maketrans("“”„«»‘’–—·→✅❌⚠", '"""""\'\'--->+x!', "\N{VARIATION SELECTOR-16}")


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def is_terminal(stream: TextIO | None) -> bool:
    """Returns whether `stream` is a terminal; false, unlike `isatty`, for NUL on Windows."""
    try:
        return stream is not None and bool(os.get_terminal_size(stream.fileno()))
    except (OSError, ValueError):
        return False


def at_terminal() -> bool:
    """Returns whether the process has a terminal; cron, systemd and Task Scheduler give it none."""
    if sys.platform == "win32":
        from ctypes import byref, c_ulong, windll

        session = c_ulong()
        windll.kernel32.ProcessIdToSessionId(os.getpid(), byref(session))
        if session.value == 0:  # without a screen, but perhaps with a console
            return False
    return any(map(is_terminal, (sys.stdin, sys.stdout, sys.stderr)))


def accept_any_character(locale: str) -> None:
    """Makes stdout and stderr accept any character, and ignore errors of writing.

    A character that the encoding lacks is replaced by ASCII. If Python writes UTF-8 although LANG
    (`locale`) names another encoding, as under cron, stderr replaces all but letters and ASCII.
    """
    codecs.register_error("spelled", partial(_spelled, "ascii"))
    codecs.register_error("letters kept", partial(_spelled, "utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="spelled")
            for name in ("write", "flush"):
                setattr(stream, name, partial(_attempt, getattr(stream, name)))
            if stream is sys.stderr and sys.flags.utf8_mode and "UTF" not in locale.upper():
                stream.reconfigure(encoding="ascii", errors="letters kept")


def _attempt(step: Callable[..., object], *arguments: object) -> None:
    with suppress(OSError):  # a pipe that is closed, or a full disk
        step(*arguments)


def _spelled(letters: str, error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    text = normalize("NFKC", error.object[error.start : error.end]).translate(PUNCTUATION)
    return text.encode(letters, "backslashreplace"), error.end


def show(result: RunResult, did: str = "", *, is_shown: bool = False) -> None:
    """Prints a failure of the run to stderr, else a summary to stdout if that is a terminal.

    `did` describes what was done; if `did` is empty, the result's counts do. `is_shown`: stdout
    has the failure already, so it is not repeated if both are terminals.
    """
    has_news = did or result.figures or Notice.NEVER_LOADED in result.notices
    if result.failure:
        if is_shown and is_terminal(sys.stdout) and is_terminal(sys.stderr):
            return
        _complain(f"{result.failure.stage}: {failure_text(result.failure)}")
    elif has_news and is_terminal(sys.stdout):
        _print_summary(result, did)


def _complain(text: str) -> None:
    """Prints to stderr, wrapped between words on a terminal, unwrapped in files to be searched."""
    if is_terminal(sys.stderr):
        width = _console().width - 1
        text = "\n".join(_wrapped(line, width) for line in text.splitlines())
    print(text, file=sys.stderr)


def _print_summary(result: RunResult, did: str) -> None:
    about = f"{result.window}: " if result.window else ""
    print_beside([(f"{result.outcome} ", [f"{about}{did or _became(result)}"])])
    if result.figures:
        console = _console()
        console.width = max(console.width, NARROWEST_TABLE)
        rows = [_day(one) for one in result.figures]
        columns = range(1, len(EN.sheet_header))
        console.print(fitting_table(EN.sheet_header, rows, numbers=columns))
    for notice, facts in result.notices.items():
        say(EN.notice(notice, facts))


def _day(one: DailyFigures) -> list[str]:
    counts = (one.attempts, one.users, one.correct, one.success_percent, one.runs, one.submits)
    return [str(one.day), *map(EN.number, counts)]


def _became(result: RunResult) -> str:
    if result.counts.received:
        return str(result.counts)
    return f"the sheet: {result.publication}" if result.publication else "the sheet is off"


def print_dry_run(answer: Answer, batches: Iterable[Batch]) -> Counter[Reason]:
    """Prints counts of an answer's records; returns how many were rejected, by reason."""
    kinds: Counter[tuple[date, str]] = Counter()
    reasons: Counter[Reason] = Counter()
    outside = 0
    for batch in batches:
        moments = batch.rows.created_at.dt.tz_localize("UTC").dt.tz_convert(answer.window.zone)
        kinds.update(zip(moments.dt.date, batch.rows.attempt_type, strict=True))
        reasons.update(one.reason for one in batch.rejected)
        outside += batch.out_of_window
    counts = f"{kinds.total()} valid, {reasons.total()} rejected, {outside} out of window"
    print(f"{answer.window}: {answer.count} received = {counts}")
    for (day, kind), count in sorted(kinds.items()):
        print(f"  {day}  {kind:6} {count:9,}")
    for reason, count in reasons.most_common():
        print(f"  rejected  {count:9,}  {EN.reasons[reason]}")
    return reasons


def say(text: str) -> None:
    """Prints a paragraph, wrapped to the terminal's width."""
    print_beside([("", [text])])


def print_beside(rows: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Prints each row's label with its lines to the right, wrapped between words."""
    from rich.cells import cell_len

    width = _console().width - 1
    for label, lines in rows:
        indent = " " * cell_len(label)
        paragraphs = (_wrapped(line, width - len(indent)) for line in lines)
        print(label + "\n".join(paragraphs).replace("\n", f"\n{indent}"))


def _wrapped(line: str, width: int) -> str:
    return "\n".join(wrap(line, width, break_long_words=False, break_on_hyphens=False))


def print_settings(settings: Iterable[tuple[str, str, str]], redact: Callable[[str], str]) -> None:
    """Prints `settings` as name, source and value; `redact` hides secrets in the values."""
    print_beside(
        (f"{name:32}  {source or 'not set':11}  ", [harmless(redact(value))])
        for name, source, value in settings
    )
    print()


def print_warnings(warnings: Iterable[SettingProblem], redact: Callable[[str], str]) -> None:
    for one in warnings:
        print(f"⚠️ {redact(EN.setting(one))}")


def print_checks(found: Mapping[str, str], failed: Collection[str]) -> None:
    """Prints each component's text in `found`, after a cross if it is in `failed`, else a tick."""
    for part, text in found.items():
        mark = "❌" if part in failed else "✅"
        print_beside([(f"{mark} {part:10}", text.splitlines())])


def fitting_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[int],
    title: str | None = None,
) -> Table:
    """Returns a table in which no word, number or date is broken.

    Columns with an index in `numbers` are as wide as their longest word; others share the rest.
    """
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, cells in enumerate(zip(header, *rows, strict=True)):
        longest = max(cell_len(word) for cell in cells for word in cell.split())
        if number in numbers:
            table.add_column(Text(cells[0]), justify="right", width=longest)
        else:
            table.add_column(Text(cells[0]), min_width=longest)
    for row in rows:
        table.add_row(*map(Text, row))  # plain text: rich would read markup in strings
    return table


class Loading:
    """Counts days, records and requests while a window is loaded; `now` is a clock in seconds."""

    def __init__(self, window: Window, now: Callable[[], float] = time.monotonic) -> None:
        self.days = len(window.days())
        self.days_done = 0
        self._window = window
        self._done = timedelta()
        self._records = 0
        self._requests = 0
        self._now = now
        self._begun = now()

    def add(self, answer: Answer) -> None:
        rest = self._window.after(answer.window)
        self._records += answer.count
        self._requests += answer.tries
        self.days_done = self.days - (len(rest.days()) if rest else 0)
        self._done = answer.window.end - self._window.start

    @property
    def counts(self) -> str:
        """A text with the records and requests so far, and an estimate of the time left."""
        facts = {"records": self._records, "requests": self._requests}
        counts = EN.fill("{records:record|records}, {requests:request|requests}", facts)
        left = self._window.length - self._done
        if not (self._done and left):
            return counts
        seconds = (self._now() - self._begun) * (left / self._done)
        if seconds < MINUTE:
            return f"{counts}, less than a minute left"
        return f"{counts}, about {EN.seconds(MINUTE * round(seconds / MINUTE))} left"

    @property
    def days_of_all(self) -> str:
        return EN.fill("{done} of {all:day|days}", {"done": self.days_done, "all": self.days})


class Display:
    """Shows the current step in `status`, a line of the terminal, if there is one.

    Every 3 minutes while a window is loaded, logs how far that is.
    """

    def __init__(self, now: Callable[[], float], status: Status | None = None) -> None:
        self._now = now
        self._status = status
        self._loading: Loading | None = None
        self._line_at = now()

    def __call__(self, text: str) -> None:
        if self._status:
            self._status.update(_block(text, self._loading) if self._loading else text)
        if self._loading is None or self._now() - self._line_at < LINE_SECONDS:
            return
        self._line_at = self._now()
        line = f"{self._loading.days_of_all}, {self._loading.counts}"
        line = line.replace(NO_BREAK_SPACE, " ")  # so that a search for it finds it
        log.info("extract: %s", line)
        if not self._status and at_terminal():
            print(line, flush=True)

    @contextmanager
    def loading(self, window: Window) -> Iterator[Loading]:
        """Yields a counter for the loading of `window`, displayed while the context lasts."""
        self._loading = Loading(window, self._now)
        try:
            yield self._loading
        finally:
            self._loading = None


@contextmanager
def progress(
    now: Callable[[], float] = time.monotonic, *, shares_terminal: bool = False
) -> Iterator[Display]:
    """Yields a display, with a status line if stdout is a terminal that no other program uses."""
    if shares_terminal or not is_terminal(sys.stdout) or (console := _console()).is_dumb_terminal:
        yield Display(now)
        return
    with console.status("", spinner="line" if console.options.ascii_only else "dots") as status:
        yield Display(now, status)


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
