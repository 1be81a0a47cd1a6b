"""One GET to the grader and the reading of its whole answer, within time and size.

What may pass with another try is a `PassingFaultError`, what may pass with a shorter window a
`ShorterWindowError`; everything else is an `ExtractError`, which no patience mends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
import urllib3

from etl.errors import ExtractError, Problem, root_cause
from etl.grader.json_array import split_array

CONNECT_TIMEOUT_SECONDS = 10
RETRY_AFTER_CAP_SECONDS = 300
# An answer is held in memory whole; a week of a university with 30,000 attempts a day fits.
ANSWER_BYTES_AT_MOST = 128 * 1024 * 1024
READ_BYTES = 256 * 1024
EXCERPT_CHARACTERS = 200

CREDENTIAL_STATUSES = {400, 401, 403}
PASSING_STATUSES = {408, 425, 429, 500, 502, 503}
# A gateway that gave up waiting for the grader: half of the window may be ready in time.
TOO_SLOW_STATUS = 504


class PassingFaultError(Exception):
    """Another try may succeed; `error` is what to say when none did."""

    def __init__(self, error: ExtractError, wait_seconds: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_seconds = wait_seconds


class ShorterWindowError(Exception):
    """The window is too much for one answer; `error` is what to say if it cannot be halved."""

    def __init__(self, error: ExtractError) -> None:
        super().__init__(str(error))
        self.error = error

    @property
    def is_slow(self) -> bool:
        """Slowness may pass, size does not."""
        return self.error.problem is not Problem.API_ANSWER_TOO_LARGE


class GraderSession(requests.Session):
    """Follows redirects on the grader itself only: anywhere else the key would leak."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        here, there = urlsplit(resp.url), urlsplit(urljoin(resp.url, target))
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise ExtractError(Problem.API_REDIRECT, host=f"{there.scheme}://{there.hostname}")
        return target


def get_records(
    session: requests.Session,
    url: str,
    query: Mapping[str, str],
    *,
    timeout_seconds: float,
    deadline: float,
    now: Callable[[], datetime],
) -> list[msgspec.Raw]:
    """The records of one answer, each as its JSON text. `deadline` is on `time.monotonic`'s clock.

    `timeout_seconds` bounds each wait for the next packet, `deadline` all of them together.
    """
    left = max(0.001, deadline - time.monotonic())
    timeouts = (min(CONNECT_TIMEOUT_SECONDS, left), min(timeout_seconds, left))
    begun = time.monotonic()
    try:
        with session.get(url, params=query, timeout=timeouts, stream=True) as response:
            _refuse_status(response, now())
            body = _read(response.raw, begun, deadline)
    except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
        raise ShorterWindowError(_too_slow(timeouts[1])) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        # The text of a `requests` exception holds the whole URL, and with it the key.
        raise PassingFaultError(
            ExtractError(
                Problem.API_UNREACHABLE, host=urlsplit(url).netloc, cause=root_cause(error)
            )
        ) from error
    return _records(body)


def _read(raw: Any, begun: float, deadline: float) -> bytearray:
    """The decoded body. `read1` returns after each packet, so that the deadline is seen."""
    body = bytearray()
    while piece := raw.read1(READ_BYTES, decode_content=True):
        body += piece
        if len(body) > ANSWER_BYTES_AT_MOST:
            limit = ANSWER_BYTES_AT_MOST >> 20
            raise ShorterWindowError(ExtractError(Problem.API_ANSWER_TOO_LARGE, megabytes=limit))
        if time.monotonic() > deadline:
            raise _too_slow(time.monotonic() - begun)
    return body


def _too_slow(seconds: float) -> ExtractError:
    return ExtractError(Problem.API_TOO_SLOW, seconds=round(seconds))


def _records(body: bytearray) -> list[msgspec.Raw]:
    try:
        return split_array(body)
    except ValueError as error:
        start = " ".join(body[:4000].decode("utf-8", "replace").split())
        if start.startswith("["):
            cut = ExtractError(Problem.API_ANSWER_CUT, size=len(body))
            raise PassingFaultError(cut) from error
        excerpt = start[:EXCERPT_CHARACTERS]
        raise ExtractError(Problem.API_ANSWER_UNEXPECTED, excerpt=excerpt) from error


def _refuse_status(response: requests.Response, now: datetime) -> None:
    status = response.status_code
    if status == requests.codes.ok:
        return
    if status in CREDENTIAL_STATUSES:
        raise ExtractError(Problem.API_CREDENTIALS, status=status)
    if status == TOO_SLOW_STATUS:
        raise ShorterWindowError(ExtractError(Problem.API_BROKEN, status=status))
    if status not in PASSING_STATUSES:
        raise ExtractError(Problem.API_REQUEST_REFUSED, status=status)
    seconds = retry_after_seconds(response.headers.get("Retry-After"), now)
    if seconds is not None and seconds > RETRY_AFTER_CAP_SECONDS:
        again = now + timedelta(seconds=seconds)
        raise ExtractError(Problem.API_BUSY, status=status, again=f"{again:%Y-%m-%d %H:%M} UTC")
    raise PassingFaultError(ExtractError(Problem.API_BROKEN, status=status), seconds)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Seconds to wait (RFC 9110, 10.2.3: seconds or a date); None for what makes no sense."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return min(float(header), timedelta(days=365).total_seconds())
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return seconds if seconds >= 0 else None
