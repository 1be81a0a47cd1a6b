"""Writes files so that no reader ever sees half of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Yields a path beside `file` to write to, then moves it over `file`. Raises `OSError`."""
    unfinished = file.parent / f".{file.name}.{os.getpid()}"
    try:
        yield unfinished
        unfinished.replace(file)
    finally:
        with suppress(OSError):  # after success it is not there any more
            unfinished.unlink()
