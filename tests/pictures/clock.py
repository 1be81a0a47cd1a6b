"""Time that begins at a given moment, so that pictures made later show the same days."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any


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
