"""Pings an outside watchdog: no letter can say that cron is off, but a missing ping does.

Protocol of healthchecks.io, which others copy: https://healthchecks.io/docs/http_api/.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from etl.models.errors import Failure, NotifyError, Problem
from etl.models.peers import root_cause
from etl.pipeline.failures import failure_text

if TYPE_CHECKING:
    from requests import Response

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
BODY_BYTES_AT_MOST = 10_000


class Watchdog:
    """A client that pings `url`; a failed ping never changes the run's outcome."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def check(self) -> str:
        """Returns a sentence if the server answers; raises `NotifyError` if not.

        It asks for `/`: at the address itself any request counts as a ping of success. A login in
        the address is kept.
        """
        try:
            _ask("OPTIONS", urljoin(self._url, "/"), allow_redirects=False)
        except OSError as error:
            raise NotifyError(Problem.WATCHDOG_UNREACHABLE, cause=root_cause(error)) from error
        return "its server answers; only a run's ping shows whether the address is right"

    def started(self) -> None:
        self._ping("/start")

    def finished(self, failure: Failure | None) -> None:
        if failure:
            self._ping("/fail", failure_text(failure))
        else:
            self._ping("")

    def _ping(self, path: str, body: str = "") -> None:
        data = body.encode("utf-8", "replace")[:BODY_BYTES_AT_MOST]
        try:
            _ask("POST", self._url + path, data=data).raise_for_status()
        except OSError as error:
            # Without the error's text, which has the address: anybody who knows it can send pings.
            log.warning("the health check did not take the ping: %s", type(error).__name__)


def _ask(method: str, url: str, **arguments: Any) -> Response:
    """Returns the response; raises `requests.RequestException`, which is an `OSError`."""
    from etl.models.http_session import HTTPSession

    with HTTPSession() as session:
        return session.request(method, url, timeout=TIMEOUT_SECONDS, **arguments)
