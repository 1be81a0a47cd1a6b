"""Extract: fetches students' attempts from the grader's REST API, with retries and time limits.

`docs/grader-api.md` has the facts: one GET for a span of time, about 30 seconds whatever its
length, a bare JSON array on success, the API key in the query string of every URL.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from zoneinfo import ZoneInfo

import tenacity

from etl.grader.answer import ANSWER_BYTES_AT_MOST, SpooledRecords
from etl.grader.request import (
    SHORTEST_WINDOW,
    FaultError,
    GraderSession,
    Pace,
    PassingFaultError,
    ShorterWindowError,
    Turn,
    get_records,
)
from etl.models.peers import retrying
from etl.models.records import Answer
from etl.models.window import Window

log = logging.getLogger(__name__)

TRIES = 5
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60


class APIClient:
    """A client that fetches attempts from the grader at `url`; the constructor sends nothing.

    `client` and `client_key` are the login. `timeout_seconds` limits each wait for data, and
    `deadline_seconds` all tries for one slice (the part of a window that one request asks for).
    When `parallel_requests` calls of `fetch` are under way, further ones wait. `network` has
    proxies and CA files by environment variable; `redact` hides secrets in quoted answers.
    """

    def __init__(
        self,
        url: str,
        client: str,
        client_key: str,
        *,
        timeout_seconds: float = 180,
        deadline_seconds: float = 900,
        bytes_at_most: int = ANSWER_BYTES_AT_MOST,
        parallel_requests: int = 1,
        network: Mapping[str, str],
        now: Callable[[], datetime],
        redact: Callable[[str], str],
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.parallel_requests = parallel_requests
        login = {"client": client, "client_key": client_key}
        self._get_records = partial(get_records, url=url, login=login, now=now, redact=redact)
        self._deadline_seconds = deadline_seconds
        self._session = partial(
            GraderSession, network, timeout_seconds=timeout_seconds, bytes_at_most=bytes_at_most
        )
        self._now = now
        self._pace = Pace(parallel_requests)
        self._stopped = Event()
        self._sleep = sleep or tenacity.sleep_using_event(self._stopped)
        self._sessions: set[GraderSession] = set()

    def first_slice(self, window: Window) -> Window:
        """Returns the slice of `window` that `fetch` would request now; sends nothing."""
        return window.first_slice(self._pace.longest)

    def fetch(self, window: Window) -> Answer:
        """Returns the answer for the oldest slice of `window`; the answer has the slice's bounds.

        A slice has 7 days at most. It is halved, down to an hour and also for later calls, if its
        answer is too large or too slow. If the grader is overloaded by concurrent requests, their
        number is halved first. Tries and seconds of the answer include all failed requests. Raises
        `ExtractError` if the grader refuses a request, or all tries fail.
        """
        begun, tries = time.monotonic(), 0
        while True:
            slice_ = window.first_slice(self._pace.longest)
            with self._pace.turn() as turn:
                retry = self._retrying(slice_, turn)
                try:
                    records = retry(self._ask, slice_, time.monotonic() + self._deadline_seconds)
                    tries += retry.statistics["attempt_number"]
                    return Answer(slice_, records, records.count, tries, time.monotonic() - begun)
                except FaultError as fault:
                    tries += retry.statistics["attempt_number"]
                    self._ask_less(slice_, turn, fault)

    def stop(self) -> None:
        """Ends every `fetch`, begun or later, by `ExtractError` or `CancelledError` in moments."""
        self._stopped.set()
        for session in tuple(self._sessions):
            session.cut()

    def check(self) -> str:
        """Fetches the last minute's records; returns seconds and count as a text."""
        end = self._now().astimezone(UTC)
        answer = self.fetch(Window(end - timedelta(minutes=1), end, ZoneInfo("UTC")))
        return f"answered in {answer.waited_seconds:.1f} s, {answer.count} records"

    def _ask_less(self, slice_: Window, turn: Turn, fault: FaultError) -> None:
        """Halves concurrency or slices from now on. Raises `ExtractError` if neither can help."""
        if turn.most_asking_at_once > 1 and fault.is_overload:
            wait = fault.wait_seconds or FIRST_WAIT_SECONDS
            self._pace.slow_down(turn, partial(self._sleep, wait), fault)
        elif isinstance(fault, ShorterWindowError) and slice_.length > SHORTEST_WINDOW:
            self._pace.halve(slice_)
            log.info("extract: %s is too much at once (%s)", slice_, fault)
        else:
            raise fault.error from fault

    def _retrying(self, window: Window, turn: Turn) -> tenacity.Retrying:
        bounded = retrying(
            lambda error: not self._stopped.is_set() and _may_pass(error, window, turn),
            tries=TRIES,
            first_wait_seconds=FIRST_WAIT_SECONDS,
            longest_wait_seconds=LONGEST_WAIT_SECONDS,
            sleep=self._sleep,
            deadline_seconds=self._deadline_seconds,
        )
        wait = partial(_seconds_to_wait, bounded.wait)
        return bounded.copy(wait=wait, before_sleep=partial(_log_try, window))

    def _ask(self, window: Window, deadline: float) -> SpooledRecords:
        with self._session(deadline=deadline) as session:
            self._sessions.add(session)  # before `_stopped` is read, so that `stop` misses none
            try:
                if self._stopped.is_set():
                    raise CancelledError  # nobody wants the answer any more
                return self._get_records(session, window)
            finally:
                self._sessions.remove(session)


def _may_pass(error: BaseException, window: Window, turn: Turn) -> bool:
    """Whether to ask for the same slice again; asking for less may be better."""
    if not isinstance(error, FaultError) or (turn.most_asking_at_once > 1 and error.is_overload):
        return False
    is_passing = isinstance(error, PassingFaultError)
    return is_passing or (error.is_overload and window.length <= SHORTEST_WINDOW)


def _seconds_to_wait(
    backoff: Callable[[tenacity.RetryCallState], float], state: tenacity.RetryCallState
) -> float:
    """Returns the wait that the grader asked for, else the usual one."""
    fault = state.outcome and state.outcome.exception()
    if isinstance(fault, FaultError) and fault.wait_seconds is not None:
        return fault.wait_seconds
    return backoff(state)


def _log_try(window: Window, state: tenacity.RetryCallState) -> None:
    error = state.outcome and state.outcome.exception()
    log.info("extract: try %d of %d for %s failed: %s", state.attempt_number, TRIES, window, error)
