"""What is made ahead arrives whole, in order, and with what went wrong in its place."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from threading import Event, current_thread, main_thread
from threading import enumerate as enumerate_threads

import pytest

from etl.models.background import in_background, result_of, wait_for
from etl.models.errors import Terminated
from etl.pipeline.fetching import prefetch
from etl.pipeline.run import terminable

SECONDS = 5


def test_all_items_come_in_their_order() -> None:
    assert list(prefetch(range(1000))) == list(range(1000))
    assert list(prefetch([])) == []


def test_the_next_item_is_made_while_the_caller_has_one() -> None:
    second_is_made = Event()

    def items() -> Iterator[int]:
        assert current_thread() is not main_thread()
        yield 1
        second_is_made.set()
        yield 2

    results = prefetch(items())
    assert next(results) == 1
    assert second_is_made.wait(SECONDS)
    assert list(results) == [2]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_goes_wrong_is_raised_behind_the_items_before_it(error: type[BaseException]) -> None:
    def items() -> Iterator[int]:
        yield 1
        raise error("here")

    results = prefetch(items())
    assert next(results) == 1
    with pytest.raises(error, match="here"):
        next(results)


def test_left_early_it_waits_for_nothing_and_asks_for_no_more() -> None:
    asked, makers, begun, may_go_on = [1], [], Event(), Event()

    def items() -> Iterator[int]:
        yield 1
        makers.append(current_thread())
        begun.set()
        may_go_on.wait(SECONDS)
        yield 2
        asked.append(3)

    results = prefetch(items())
    assert next(results) == 1
    assert begun.wait(SECONDS)
    results.close()  # type: ignore[attr-defined]
    may_go_on.set()
    makers[0].join(SECONDS)
    assert asked == [1]
    assert not makers[0].is_alive()


def test_at_the_end_its_thread_ends_too() -> None:
    makers = []

    def items() -> Iterator[int]:
        makers.append(current_thread())
        yield 1

    assert list(prefetch(items())) == [1]
    makers[0].join(SECONDS)
    assert not makers[0].is_alive()


def test_d8_a_signal_that_another_thread_gets_ends_the_wait_too() -> None:
    """So does one that comes just before the wait, and Ctrl-C on Windows."""
    answered, is_given_up = Event(), Event()

    def ask() -> None:
        signal.raise_signal(signal.SIGTERM)
        if not answered.wait(SECONDS):
            is_given_up.set()

    with pytest.raises(Terminated), terminable():
        result_of(in_background(ask))
    assert not is_given_up.is_set()
    answered.set()


def test_d8_a_signal_within_a_finalizer_which_drops_its_exception_ends_the_wait_too() -> None:
    class Finalized:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    with terminable():
        Finalized()
        with pytest.raises(Terminated):
            wait_for(Future(), SECONDS)


def test_a_second_signal_spoils_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with terminable():
        *_, listener = enumerate_threads()
        for _ in range(2):
            with pytest.raises(Terminated):
                signal.raise_signal(signal.SIGTERM)
            listener.join(0.1)
    assert capfd.readouterr().err == ""


def test_the_wait_for_a_result_has_an_end() -> None:
    answered = Event()
    asked = in_background(partial(answered.wait, SECONDS))
    with pytest.raises(TimeoutError):
        result_of(asked, 0.01)
    answered.set()
    assert result_of(asked)
