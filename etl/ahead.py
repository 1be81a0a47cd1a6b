"""Works ahead: the next item is made in the background while the caller is busy with one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_END = object()


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items in the same order; what their making raises is raised in its place.

    The first is begun at once. Left early, the item under way is given up and not waited for.
    """
    make_next = partial(next, iter(items), _END)
    return _results(make_next, in_background(make_next))


def _results(make_next: Callable[[], T], result: Future[T]) -> Iterator[T]:
    while (item := result.result()) is not _END:
        result = in_background(make_next)
        yield item


def in_background(make: Callable[[], T]) -> Future[T]:
    """Its thread is a daemon, unlike an executor's: it cannot hold the program's end."""
    made: Future[T] = Future()

    def run() -> None:
        try:
            made.set_result(make())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            made.set_exception(error)

    Thread(target=run, daemon=True).start()
    return made
