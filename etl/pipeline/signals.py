"""What a signal does to a run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from etl.models.errors import Terminated


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM, which stops a service or a host, ends a run in order: rolled back, with a letter.

    Ctrl-C does so as well, without a letter: Python makes it a `KeyboardInterrupt` by itself.
    """

    def stop(signum: int, frame: FrameType | None) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():  # the only one that may ask
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
