"""Background threads that delay neither the handling of signals nor the program's exit."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from math import inf
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")

# A signal that comes just before a wait for a lock does not end it, nor does Ctrl-C on Windows.
LONGEST_WAIT_SECONDS = 0.5


def in_background(make: Callable[[], T]) -> Future[T]:
    made: Future[T] = Future()
    start(lambda: fulfil(made, make))
    return made


def fulfil(future: Future[T], make: Callable[[], T]) -> None:
    try:
        future.set_result(make())
    except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
        future.set_exception(error)


def start(work: Callable[[], None]) -> None:
    """Runs `work` in a daemon thread; unlike a thread of an executor, it cannot delay the exit."""
    Thread(target=work, daemon=True).start()


def wait_for(future: Future[Any], seconds: float = inf) -> None:
    """Waits until `future` is done, at most `seconds`; an exception of a signal handler ends it.

    Raises neither the future's exception nor `TimeoutError`.
    """
    until = time.monotonic() + seconds
    while not future.done() and (left := until - time.monotonic()) > 0:
        wait([future], min(left, LONGEST_WAIT_SECONDS))


def result_of(future: Future[T], seconds: float = inf) -> T:
    """Returns the result of `future` or raises its error, or `TimeoutError` after `seconds`."""
    wait_for(future, seconds)
    return future.result(0)
