"""What is done alike with every peer, be it a server or a driver: it is asked again, and quoted."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tenacity


def retrying(
    may_pass: Callable[[BaseException], bool],
    *,
    tries: int,
    first_wait_seconds: float,
    longest_wait_seconds: float,
    sleep: Callable[[float], None],
    deadline_seconds: float = inf,
) -> tenacity.Retrying:
    """Waits twice as long each time, with some chance in it; the last error is raised as it is.

    A wait that would end behind the deadline is not begun.
    """
    import tenacity  # by those who ask: `--help` needs no part of it

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
    """The innermost system error of a chain in its own words; without one, the error's class.

    A time-out has no words of the system's. Never another text of the chain: those of `requests`
    have the URL, and with it the key.
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


def one_line(text: str) -> str:
    """Nothing invisible in it, and blanks one by one."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())
