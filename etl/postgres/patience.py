"""Trying again what a deadlock or a held lock has interrupted, and rolled back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import tenacity

from etl.errors import LoadError, Problem

TRIES = 3

T = TypeVar("T")


def patiently(step: Callable[[], T], sleep: Callable[[float], None]) -> T:
    """Raises the last `LoadError`. `step` must be a whole transaction."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_pass),
        wait=tenacity.wait_exponential_jitter(multiplier=1, max=10),
        stop=tenacity.stop_after_attempt(TRIES),
        sleep=sleep,
        reraise=True,
    )
    result: T = retrying(step)
    return result


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, LoadError) and error.problem is Problem.DATABASE_WAIT
