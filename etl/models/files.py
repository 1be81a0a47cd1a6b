"""How a file is written so that its readers never meet half of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Gives a path beside `file`, for what is to take its place. Raises `OSError`."""
    unfinished = file.parent / f".{file.name}.{os.getpid()}"
    try:
        yield unfinished
        unfinished.replace(file)
    finally:
        with suppress(OSError):  # when all went well it is not there any more
            unfinished.unlink()
