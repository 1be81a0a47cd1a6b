"""The exit codes of the process."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The README's table says what to do about each; an error's class says which it ends with."""

    DONE = 0
    BUG = 1
    CONFIGURATION = 2
    EXTRACT = 3
    TRANSFORM = 4
    LOAD = 5
    REPORT = 6
    NOTIFY = 7
    LOCKED = 75
    INTERRUPTED = 130
    TERMINATED = 143
