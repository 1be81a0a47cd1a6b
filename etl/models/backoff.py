"""Bounded retries with growing waits; each caller has its numbers (the grader's in `timeouts`)."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

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
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(may_pass),
        wait=tenacity.wait_exponential_jitter(
            multiplier=first_wait_seconds, max=longest_wait_seconds
        ),
        stop=tenacity.stop_after_attempt(tries) | tenacity.stop_before_delay(deadline_seconds),
        sleep=sleep,
        reraise=True,
    )
