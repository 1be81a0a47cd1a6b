"""Asks for the slices of a window, some at once, and gives their answers strictly in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from itertools import islice
from typing import Protocol

from etl.models.records import Answer
from etl.models.window import Window
from etl.pipeline.prefetch import prefetch


class Grader(Protocol):
    parallel_requests: int

    def first_slice(self, window: Window) -> Window: ...
    def fetch(self, window: Window) -> Answer: ...
    def stop(self) -> None: ...


def fetch_in_order(window: Window, grader: Grader) -> Generator[Answer]:
    """The answers, oldest first. To be closed: then nothing is asked any more.

    Besides the one in use there is at most one for each of `parallel_requests`. A slice that fails
    raises in its place, behind those before it and whatever those after it have brought.
    """
    heads = _heads(window, grader)
    begun: deque[tuple[Window, Iterator[Answer]]] = deque()

    def begin(slices: int) -> None:
        for head in islice(heads, slices):
            begun.append((head, prefetch(_fetch_all(head, grader))))

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


def _heads(window: Window, grader: Grader) -> Iterator[Window]:
    """Each as long as one answer should be by the time that it is asked for."""
    rest: Window | None = window
    while rest:
        head = grader.first_slice(rest)
        yield head
        rest = rest.after(head)


def _fetch_all(head: Window, grader: Grader) -> Iterator[Answer]:
    """Several answers where the grader cannot give all at once."""
    rest: Window | None = head
    while rest:
        answer = grader.fetch(rest)
        yield answer
        rest = rest.after(answer.window)
