"""Retries requests to peers (servers and drivers), and quotes the peers' errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tenacity

# A terminal obeys controls, some mail servers refuse them, and the others turn a line around.
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def retrying(
    may_pass: Callable[[BaseException], bool],
    *,
    tries: int,
    first_wait_seconds: float,
    longest_wait_seconds: float,
    sleep: Callable[[float], None],
    deadline_seconds: float = inf,
) -> tenacity.Retrying:
    """Returns a retrier whose waits double, with jitter; it raises the last error unchanged.

    It does not begin a wait that would end after the deadline.
    """
    import tenacity  # here, since `--help` needs no part of it

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(may_pass),
        wait=tenacity.wait_exponential_jitter(
            multiplier=first_wait_seconds, max=longest_wait_seconds
        ),
        stop=tenacity.stop_after_attempt(tries) | tenacity.stop_before_delay(deadline_seconds),
        sleep=sleep,
        reraise=True,
    )


def root_cause(error: BaseException) -> str:
    """Returns the text of the innermost system error in a chain; without one, the error's class.

    A time-out without a system text is "timed out". No other text of the chain is returned: those
    of `requests` contain the URL, and with it the key.
    """
    seen: set[int] = set()
    words = type(error).__name__
    current: object = error
    while isinstance(current, BaseException) and id(current) not in seen:
        seen.add(id(current))
        if isinstance(current, OSError) and current.strerror:
            words = current.strerror
        elif isinstance(current, TimeoutError):
            words = "timed out"
        inner = [getattr(current, "reason", None), *current.args]
        chained = current.__cause__ or current.__context__
        current = next((i for i in inner if isinstance(i, BaseException)), chained)
    return words


def harmless(text: str) -> str:
    """Returns the text with `?` for each control character but those that end or indent a line."""
    return UNSAFE.sub("?", text)


def one_line(text: str) -> str:
    """Returns the text on one line: unprintable characters and runs of blanks become one blank."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())
