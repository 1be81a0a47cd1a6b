"""Extract: asks the grader for the attempts of a window, patiently and within bounds.

`docs/grader-api.md` has the facts: one GET a window, about 30 seconds whatever its length, a bare
JSON array on success, the key in the query string of every URL.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import tenacity

from etl.grader.answer import SpooledRecords
from etl.grader.request import PassingFaultError, ShorterWindowError, get_records
from etl.grader.session import GraderSession
from etl.grader.timeouts import (
    ANSWER_BYTES_AT_MOST,
    FIRST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
    LONGEST_WINDOW,
    SHORTEST_WINDOW,
    TRIES,
)
from etl.models.attempts import Answer
from etl.models.backoff import retrying
from etl.models.window import Window

log = logging.getLogger(__name__)


class APIClient:
    """Fetches attempts. Nothing is asked before `fetch` or `check` is used."""

    def __init__(
        self,
        url: str,
        client: str,
        client_key: str,
        *,
        timeout_seconds: float = 180,
        deadline_seconds: float = 900,
        answer_bytes_at_most: int = ANSWER_BYTES_AT_MOST,
        now: Callable[[], datetime],
        redact: Callable[[str], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url
        self._credentials = {"client": client, "client_key": client_key}
        self._timeout_seconds = timeout_seconds
        self._deadline_seconds = deadline_seconds
        self._answer_bytes_at_most = answer_bytes_at_most
        self._now = now
        self._sleep = sleep
        self._longest = LONGEST_WINDOW
        self._redact = redact

    def fetch(self, window: Window) -> Answer:
        """The records of the oldest part of the window, as much as one answer should hold.

        That is 7 days; what is too large or too slow is asked for again in halves, down to an
        hour, and later calls do not ask for more at once. The answer's tries and seconds are
        those of all halves. Raises `ExtractError`.
        """
        begun = time.monotonic()
        tries = 0
        while True:
            part = window.head(self._longest)
            retry = self._retrying(part)
            try:
                records = retry(self._ask, part, time.monotonic() + self._deadline_seconds)
            except PassingFaultError as fault:
                raise fault.error from fault
            except ShorterWindowError as refusal:
                if part.length <= SHORTEST_WINDOW:
                    raise refusal.error from refusal
                tries += retry.statistics["attempt_number"]
                self._longest = max(SHORTEST_WINDOW, part.length / 2)
                log.info("extract: %s is too much at once (%s)", part, refusal.error)
            else:
                tries += retry.statistics["attempt_number"]
                return Answer(part, records, records.count, tries, time.monotonic() - begun)

    def check(self) -> str:
        """Asks for one minute; returns what came, in words. Raises `ExtractError`."""
        end = self._now().astimezone(UTC)
        answer = self.fetch(Window(end - timedelta(minutes=1), end, ZoneInfo("UTC")))
        return f"answered in {answer.waited_seconds:.1f} s, {answer.count} records"

    def _retrying(self, window: Window) -> tenacity.Retrying:
        bounded = retrying(
            lambda error: _may_pass(error, window),
            tries=TRIES,
            first_wait_seconds=FIRST_WAIT_SECONDS,
            longest_wait_seconds=LONGEST_WAIT_SECONDS,
            sleep=self._sleep,
            deadline_seconds=self._deadline_seconds,
        )
        wait = partial(_seconds_to_wait, bounded.wait)
        return bounded.copy(wait=wait, before_sleep=_log_try)

    def _ask(self, window: Window, deadline: float) -> SpooledRecords:
        with GraderSession(deadline) as session:
            return get_records(
                session,
                self._url,
                {**self._credentials, "start": _stamp(window.start), "end": _stamp(window.end)},
                timeout_seconds=self._timeout_seconds,
                answer_bytes_at_most=self._answer_bytes_at_most,
                now=self._now,
                redact=self._redact,
            )


def _may_pass(error: BaseException, window: Window) -> bool:
    """Whether to ask the same again; a long window that is too much is better halved at once."""
    if isinstance(error, ShorterWindowError):
        return error.is_slow and window.length <= SHORTEST_WINDOW
    return isinstance(error, PassingFaultError)


def _seconds_to_wait(
    backoff: Callable[[tenacity.RetryCallState], float], state: tenacity.RetryCallState
) -> float:
    """What the grader asked for, if it did."""
    fault = state.outcome and state.outcome.exception()
    if isinstance(fault, PassingFaultError) and fault.wait_seconds is not None:
        return fault.wait_seconds
    return backoff(state)


def _log_try(state: tenacity.RetryCallState) -> None:
    error = state.outcome and state.outcome.exception()
    log.info("extract: try %d of %d failed: %s", state.attempt_number, TRIES, error)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
