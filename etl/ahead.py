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

    Left early, the item under way is given up and not waited for: its thread is a daemon (those of
    an executor are not), so that a request under way cannot hold the program's end.
    """
    make_next = partial(next, iter(items), _END)
    result = _in_background(make_next)
    while (item := result.result()) is not _END:
        result = _in_background(make_next)
        yield item


def _in_background(make: Callable[[], T]) -> Future[T]:
    made: Future[T] = Future()

    def run() -> None:
        try:
            made.set_result(make())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            made.set_exception(error)

    Thread(target=run, daemon=True).start()
    return made
