"""Locks on files, which the system releases whatever ends their process (flock(2))."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from etl.postgres.embedded.account import Account
from etl.postgres.embedded.error import EmbeddedError

POLL_SECONDS = 0.02


class FileLock:
    """One handle on a lock's file, which it makes if need be."""

    def __init__(self, path: Path, account: Account) -> None:
        with account.acting():
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_to_take(self, *, shared: bool = False) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take(self, seconds_at_most: float, *, shared: bool = False) -> None:
        """Raises `EmbeddedError` when another process keeps it for so long."""
        until = time.monotonic() + seconds_at_most
        while not self.try_to_take(shared=shared):
            if time.monotonic() > until:
                raise EmbeddedError("another process is starting or stopping it and does not end")
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Lets go of it."""
        os.close(self._descriptor)
