"""Fetches the slices of a window, some at once, and gives their answers strictly in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import islice
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar, cast

from etl.models.records import Answer
from etl.models.window import Window

if TYPE_CHECKING:
    from etl.components.api_client import APIClient

T = TypeVar("T")
_END = object()


def fetch_in_order(window: Window, grader: APIClient) -> Generator[Answer]:
    """The answers, oldest first. To be closed: then nothing is asked any more.

    Besides the one in use there is at most one for each of `parallel_requests`. A slice that fails
    raises in its place, behind those before it and whatever those after it have brought.
    """
    slices = _slices(window, grader)
    begun: deque[tuple[Window, Iterator[Answer]]] = deque()

    def begin(count: int) -> None:
        for asked in islice(slices, count):
            begun.append((asked, prefetch(_fetch_all(asked, grader))))

    try:
        begin(grader.parallel_requests)
        while begun:
            oldest, answers = begun[0]
            answer = next(answers)
            if answer.window.end == oldest.end:
                begun.popleft()
                begin(1)
            yield answer
    finally:
        grader.stop()


def _slices(window: Window, grader: APIClient) -> Iterator[Window]:
    """Each as long as one answer should be by the time that it is asked for."""
    rest: Window | None = window
    while rest:
        asked = grader.first_slice(rest)
        yield asked
        rest = rest.after(asked)


def _fetch_all(asked: Window, grader: APIClient) -> Iterator[Answer]:
    """Several answers where the grader cannot give all at once."""
    rest: Window | None = asked
    while rest:
        answer = grader.fetch(rest)
        yield answer
        rest = rest.after(answer.window)


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
