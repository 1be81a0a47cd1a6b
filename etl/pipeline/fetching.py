"""Fetches a window in slices, one per request and several at once; yields answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import islice
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar, cast

from etl.models.background import fulfil, result_of, start
from etl.models.records import Answer
from etl.models.window import Window

if TYPE_CHECKING:
    from etl.components.api_client import APIClient

T = TypeVar("T")
_END = object()


def fetch_in_order(window: Window, grader: APIClient) -> Generator[Answer]:
    """Yields the grader's answers for `window`, oldest first, and requests several at once.

    The caller must close it, which stops all requests. Besides the answer in use, as many as
    `grader.parallel_requests` may wait on disk. An error is raised after all earlier answers.
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
    """Yields slices, each as long as one answer should be at the moment of asking."""
    rest: Window | None = window
    while rest:
        asked = grader.first_slice(rest)
        yield asked
        rest = rest.after(asked)


def _fetch_all(asked: Window, grader: APIClient) -> Iterator[Answer]:
    """Yields the slice's answers: several where the grader cannot give all at once."""
    rest: Window | None = asked
    while rest:
        answer = grader.fetch(rest)
        yield answer
        rest = rest.after(answer.window)


def prefetch(items: Iterable[T]) -> Generator[T]:
    """Yields the `items` in order; while the caller uses one, a thread makes the next.

    The first is begun at once. An error is raised in the place of its item. Closing the generator
    does not wait for an unfinished item.
    """
    make_next = partial(next, iter(items), _END)
    wanted: SimpleQueue[Future[T] | None] = SimpleQueue()
    start(lambda: _fulfil_all(wanted, make_next))
    first: Future[T] = Future()
    wanted.put(first)
    results = _results(wanted, first)
    next(results)  # so that `finally` runs even if it is closed before its first item
    return results


def _fulfil_all(wanted: SimpleQueue[Future[T] | None], make: Callable[[], T]) -> None:
    while future := wanted.get():
        fulfil(future, make)
        del future  # frees the item as well


def _results(wanted: SimpleQueue[Future[T] | None], result: Future[T]) -> Generator[T]:
    """Asks for each item by a future: a new thread for each would have to wait for its turn."""
    try:
        yield cast(T, None)
        while (item := result_of(result)) is not _END:
            result = Future()
            wanted.put(result)
            yield item
    finally:
        wanted.put(None)
