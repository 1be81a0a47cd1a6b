"""Pings a monitoring service, which alerts people if pings stop: a letter cannot say cron is off.

Protocol of healthchecks.io, which others copy: https://healthchecks.io/docs/http_api/.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import partial
from urllib.parse import urljoin

from etl.models.background import in_background, wait_for
from etl.models.errors import Failure, NotifyError, Problem
from etl.pipeline.failures import failure_text
from etl.texts import EN

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 10
# Whoever sent SIGTERM does not wait for long. If this ping is lost, that of success is missed.
FAILURE_DEADLINE_SECONDS = 2
BODY_BYTES_AT_MOST = 10_000
SUCCESS_STATUSES = range(200, 300)


class Watchdog:
    """A client that pings the monitoring service at `url`; failed pings are logged, not raised.

    `network` has proxies and CA files by the names of their variables in the environment.
    """

    def __init__(
        self, url: str, network: Mapping[str, str], deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._url = url.rstrip("/")
        self._network = network
        self._deadline_seconds = deadline_seconds

    def check(self) -> str:
        """Returns a sentence if the service's server answers; raises `NotifyError` if not.

        The request goes to `/`, since any request to `url` itself counts as a ping of success.
        """
        self._ask("OPTIONS", urljoin(self._url, "/"))
        return "its server answers; only a run's ping shows whether the address is right"

    def started(self) -> None:
        self._ping("/start", self._deadline_seconds)

    def finished(self, failure: Failure | None) -> None:
        if failure:
            self._ping("/fail", FAILURE_DEADLINE_SECONDS, failure_text(failure))
        else:
            self._ping("", self._deadline_seconds)

    def _ping(self, path: str, seconds: float, body: str = "") -> None:
        """Pings in a thread, which neither a signal nor the end of `seconds` waits for."""
        data = body.encode("utf-8", "replace")[:BODY_BYTES_AT_MOST]
        pinged = in_background(partial(self._ask, "POST", self._url + path, data))
        wait_for(pinged, seconds)
        error = pinged.exception() if pinged.done() else TimeoutError()
        if error is None and pinged.result() in SUCCESS_STATUSES:
            return
        # Without the error's text, which has the address: anybody who knows it can send pings.
        said = type(error).__name__ if error else f"HTTP {pinged.result()}"
        if isinstance(error, NotifyError):
            said = EN.what_happened(error.problem, error.facts)
        log.warning("the health check did not take the ping: %s", said)

    def _ask(self, method: str, url: str, data: bytes = b"") -> int:
        """Returns the answer's status, its body unread. Raises `NotifyError`."""
        from etl.models.http_session import DeadlineError, HTTPSession

        seconds, now = self._deadline_seconds, time.monotonic()
        with HTTPSession(
            self._network, timeout_seconds=seconds, deadline=now + seconds, bytes_at_most=0
        ) as session:
            try:
                with session.request(method, url, data=data, stream=True) as answer:
                    return answer.status_code
            except (OSError, DeadlineError) as error:
                problem, facts = session.fault(error, Problem.WATCHDOG_UNREACHABLE)
                raise NotifyError(problem, **facts) from error
