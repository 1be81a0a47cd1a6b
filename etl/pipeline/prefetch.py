"""Makes the next item in the background while the caller is busy with one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar, cast

T = TypeVar("T")

_END = object()


def prefetch(items: Iterable[T]) -> Generator[T]:
    """The same items in the same order; what their making raises is raised in its place.

    The first is begun at once. Closed early, the item under way is given up and not waited for.
    """
    make_next = partial(next, iter(items), _END)
    wanted: SimpleQueue[Future[T] | None] = SimpleQueue()
    _start(lambda: _fulfil(wanted, make_next))
    first: Future[T] = Future()
    wanted.put(first)
    results = _results(wanted, first)
    next(results)  # closed before its first item, too, it shall come to its end
    return results


def _fulfil(wanted: SimpleQueue[Future[T] | None], make: Callable[[], T]) -> None:
    while future := wanted.get():
        _make(future, make)
        del future  # and with it the item


def _results(wanted: SimpleQueue[Future[T] | None], result: Future[T]) -> Generator[T]:
    """Asks for an item by its future, since starting a thread would wait for its turn."""
    try:
        yield cast(T, None)
        while (item := result.result()) is not _END:
            result = Future()
            wanted.put(result)
            yield item
    finally:
        wanted.put(None)


def in_background(make: Callable[[], T]) -> Future[T]:
    made: Future[T] = Future()
    _start(lambda: _make(made, make))
    return made


def _make(future: Future[T], make: Callable[[], T]) -> None:
    try:
        future.set_result(make())
    except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
        future.set_exception(error)


def _start(work: Callable[[], None]) -> None:
    """As a daemon, unlike an executor's thread: it cannot hold the program's end."""
    Thread(target=work, daemon=True).start()
