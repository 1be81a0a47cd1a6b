"""Logging: one file a day; old files are deleted, and secrets are hidden in every line."""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta, tzinfo
from io import TextIOWrapper
from pathlib import Path

from etl.models.files import open_own, target_of
from etl.models.peers import harmless

LINE = "%(asctime)s %(levelname)-7s %(message)s"
LINES_REMEMBERED = 15


@contextmanager
def logging_to(
    directory: Path, *, now: datetime, keep_days: int, redact: Callable[[str], str]
) -> Iterator[Sequence[str]]:
    """Logs to `directory`/YYYY-MM-DD.log while the context lasts; on disk errors, to stderr.

    Yields a sequence that always has the last 15 lines, without tracebacks. `redact` hides secrets.
    Dates and times are in the zone of `now`. Deletes logs of days `keep_days` ago or earlier.
    """
    today = now.date()
    handler = _handler(directory / f"{today}.log", today - timedelta(days=keep_days))
    memory = _Memory()
    root, own = logging.getLogger(), logging.getLogger("etl")
    levels = root.level, own.level
    root.setLevel(logging.WARNING)
    own.setLevel(logging.INFO)
    for one in (handler, memory):
        one.setFormatter(_RedactingFormatter(now.tzinfo, redact))
        root.addHandler(one)
    try:
        yield memory.lines
    finally:
        for one in (handler, memory):
            root.removeHandler(one)
            with suppress(OSError):  # a full disk fails once more on the last bytes
                one.close()
        root.setLevel(levels[0])
        own.setLevel(levels[1])


def _handler(path: Path, last: date) -> logging.Handler:
    try:
        folder = target_of(path.parent)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _delete_old_files(folder, last)
        return _FallbackFileHandler(folder / path.name, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        print(f"cannot write the log {path}: {error.strerror}; it goes here", file=sys.stderr)
        return logging.StreamHandler()


def _delete_old_files(directory: Path, last: date) -> None:
    """Deletes the logs of the day `last` and before; errors go to stderr only."""
    for path in directory.glob("????-??-??.log"):
        try:
            if date.fromisoformat(path.stem) <= last:
                path.unlink()
        except ValueError:
            continue  # no day's name: not ours
        except OSError as error:
            print(f"cannot delete the old log {path}: {error.strerror}", file=sys.stderr)


class _FallbackFileHandler(logging.FileHandler):
    """A file handler that writes a line to stderr when the disk fails."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", errors=self.errors, opener=open_own)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        print(self.format(record), file=sys.stderr)


class _Memory(logging.Handler):
    """A handler that remembers the last lines, for a letter about a failure."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=LINES_REMEMBERED)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record).partition("\n")[0])


class _RedactingFormatter(logging.Formatter):
    """A formatter that redacts the finished line, with its arguments and traceback."""

    def __init__(self, zone: tzinfo | None, redact: Callable[[str], str]) -> None:
        super().__init__(LINE)
        self._zone = zone
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        try:
            line = super().format(record)
        except (KeyError, TypeError, ValueError):  # arguments that do not fit their sentence
            line = f"{self.formatTime(record)} {record.levelname:7} {record.msg} {record.args}"
        return harmless(self._redact(line))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        moment = datetime.fromtimestamp(record.created, self._zone)
        return moment.isoformat(sep=" ", timespec="seconds")
