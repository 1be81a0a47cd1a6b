"""Decides how long a slice is and how many slices are asked for at once.

Both shrink when the grader cannot keep up, and stay smaller for the rest of the run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Condition

from etl.models.window import Window

log = logging.getLogger(__name__)

# The grader takes half a minute for short and long windows alike, and minutes only for months.
LONGEST_WINDOW = timedelta(days=7)
SHORTEST_WINDOW = timedelta(hours=1)


@dataclass(eq=False)
class Turn:
    """The time in which one slice is asked for, with all its tries.

    `most_asking_at_once`: the largest number of turns that were open together with this one.
    """

    most_asking_at_once: int = 1


class Pace:
    """The limits of slice length and concurrency, shared by all threads that fetch."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._longest = LONGEST_WINDOW
        self._asking: set[Turn] = set()
        self._pausing = 0
        self._changed = Condition()

    def first_slice(self, window: Window) -> Window:
        """Returns the oldest slice of the window, as long as one answer should cover."""
        return window.first_slice(self._longest)

    def halve(self, slice_: Window) -> None:
        with self._changed:
            self._longest = min(self._longest, max(SHORTEST_WINDOW, slice_.length / 2))

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Waits until one more slice may be asked for; the turn lasts until the block ends."""
        turn = Turn()
        with self._changed:
            self._changed.wait_for(lambda: not self._pausing and len(self._asking) < self._at_once)
            self._asking.add(turn)
            for one in self._asking:
                one.most_asking_at_once = max(one.most_asking_at_once, len(self._asking))
        try:
            yield turn
        finally:
            with self._changed:
                self._asking.remove(turn)
                self._changed.notify_all()

    def slow_down(self, turn: Turn, pause: Callable[[], object], reason: object) -> None:
        """Halves concurrency; no request starts during the pause.

        Half of the requests at once during `turn`: if all of them are refused, that counts once.
        """
        at_once = turn.most_asking_at_once // 2
        with self._changed:
            self._pausing += 1
            if at_once < self._at_once:
                self._at_once = at_once
                log.info("extract: at most %d at once from now on (%s)", at_once, reason)
        pause()
        with self._changed:
            self._pausing -= 1
            self._changed.notify_all()
