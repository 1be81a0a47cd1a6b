"""One GET to the grader and the reading of its whole answer, within time and size.

What may pass with another try is a `PassingFaultError`, what may pass with a shorter window a
`ShorterWindowError`; everything else is an `ExtractError`, which no patience mends.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from etl.grader.answer import RecordTooLargeError, SpooledRecords, cut
from etl.grader.session import DeadlineError, GraderSession
from etl.grader.timeouts import (
    ANSWER_BYTES_AT_MOST,
    CONNECT_TIMEOUT_SECONDS,
    RECORD_BYTES_AT_MOST,
    RETRY_AFTER_CAP_SECONDS,
)
from etl.models.errors import ExtractError, Problem
from etl.models.outside import one_line, root_cause

YEAR_SECONDS = 365 * 86_400
READ_BYTES = 256 * 1024
EXCERPT_BYTES = 4000
EXCERPT_CHARACTERS = 200

SUCCESS_STATUSES = range(200, 300)
CREDENTIAL_STATUSES = {400, 401, 403}
PASSING_STATUSES = {408, 425, 429, *range(500, 600)}
# The second is what nginx says by default to more requests than it is told to let through.
OVERLOAD_STATUSES = {429, 503}
# A gateway that gave up waiting for the grader (524 is Cloudflare's way to say so): half of the
# window may be ready in time.
TOO_SLOW_STATUSES = {504, 524}


class FaultError(Exception):
    """What may be mended from here; `error` is what to say when it was not.

    `is_overload`: fewer requests at once may help. `wait_seconds` is what the grader asked for.
    """

    def __init__(
        self, error: ExtractError, *, is_overload: bool = False, wait_seconds: float | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_overload = is_overload
        self.wait_seconds = wait_seconds


class PassingFaultError(FaultError):
    """Another try may succeed."""


class ShorterWindowError(FaultError):
    """The window is too much for one answer. Slowness (an overload) may pass, size does not."""


def get_records(
    session: GraderSession,
    url: str,
    query: Mapping[str, str],
    *,
    timeout_seconds: float,
    answer_bytes_at_most: int = ANSWER_BYTES_AT_MOST,
    now: Callable[[], datetime],
    redact: Callable[[str], str],
) -> SpooledRecords:
    """The records of one answer, known to be whole.

    `timeout_seconds` bounds each wait for the next packet, the session's deadline all together.
    What an error quotes of the answer has gone through `redact`.
    """
    begun = time.monotonic()
    left = max(0.001, session.deadline - begun)
    timeouts = (min(CONNECT_TIMEOUT_SECONDS, left), min(timeout_seconds, left))
    try:
        with session.get(url, params=query, timeout=timeouts, stream=True) as response:
            _refuse_status(response, now())
            return _records(_blocks(response.raw, answer_bytes_at_most), redact)
    except DeadlineError as error:
        raise _too_slow(time.monotonic() - begun) from error
    except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
        raise ShorterWindowError(_too_slow(timeouts[1]), is_overload=True) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        # Those of `requests` are OSErrors. Their text holds the whole URL, and with it the key.
        host = urlsplit(url).netloc.rpartition("@")[2]  # what stands before it may be a password
        unreachable = ExtractError(Problem.API_UNREACHABLE, host=host, cause=root_cause(error))
        raise PassingFaultError(unreachable) from error


def _blocks(raw: Any, bytes_at_most: int) -> Iterator[bytes]:
    """The decoded body. Its size is seen before it fills the disk."""
    size = 0
    while block := raw.read1(READ_BYTES, decode_content=True):
        size += len(block)
        if size > bytes_at_most:
            raise _too_large(bytes_at_most)
        yield block


def _too_large(bytes_at_most: int) -> ShorterWindowError:
    limit = bytes_at_most >> 20
    return ShorterWindowError(ExtractError(Problem.API_ANSWER_TOO_LARGE, megabytes=limit))


def _too_slow(seconds: float) -> ExtractError:
    return ExtractError(Problem.API_TOO_SLOW, seconds=round(seconds))


def _records(blocks: Iterator[bytes], redact: Callable[[str], str]) -> SpooledRecords:
    beginning = _beginning(blocks)
    try:
        return SpooledRecords(cut(chain([beginning], blocks)))
    except RecordTooLargeError as error:
        raise _too_large(RECORD_BYTES_AT_MOST) from error
    except ValueError as error:
        for _ in blocks:  # a connection that breaks says more than what it had said before
            pass
        if re.match(rb"\s*\[", beginning):
            raise PassingFaultError(ExtractError(Problem.API_ANSWER_CUT)) from error
        excerpt = _excerpt(beginning, redact)
        raise ExtractError(Problem.API_ANSWER_UNEXPECTED, excerpt=excerpt) from error


def _beginning(blocks: Iterator[bytes]) -> bytes:
    """Enough for an excerpt: a packet may hold less."""
    beginning = b""
    while len(beginning) < EXCERPT_BYTES and (block := next(blocks, b"")):
        beginning += block
    return beginning


def _excerpt(body: bytes, redact: Callable[[str], str]) -> str:
    """The start of the answer on one line. Redacted before it is cut: half a key is a key, too."""
    text = redact(body.decode("utf-8", "replace"))[:EXCERPT_BYTES]
    return redact(one_line(text))[:EXCERPT_CHARACTERS]


def _refuse_status(response: requests.Response, now: datetime) -> None:
    status = response.status_code
    if status == requests.codes.ok:
        return
    if status in CREDENTIAL_STATUSES:
        raise ExtractError(Problem.API_CREDENTIALS, status=status)
    if status in TOO_SLOW_STATUSES:
        raise ShorterWindowError(ExtractError(Problem.API_BROKEN, status=status), is_overload=True)
    if status in SUCCESS_STATUSES:  # such as 204: no error, but no list either
        raise ExtractError(Problem.API_ANSWER_UNEXPECTED, excerpt=f"HTTP {status}")
    if status not in PASSING_STATUSES:
        raise ExtractError(Problem.API_REQUEST_REFUSED, status=status)
    seconds = retry_after_seconds(response.headers.get("Retry-After"), now)
    if seconds is not None and seconds > RETRY_AFTER_CAP_SECONDS:
        again = (now + timedelta(seconds=seconds)).astimezone(UTC)
        raise ExtractError(Problem.API_BUSY, status=status, again=again)
    raise PassingFaultError(
        ExtractError(Problem.API_BROKEN, status=status),
        is_overload=status in OVERLOAD_STATUSES,
        wait_seconds=seconds,
    )


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Seconds to wait (RFC 9110, 10.2.3: seconds or a date), at most those of a year.

    None for what makes no sense.
    """
    if header is None:
        return None
    try:
        seconds = float(header) if header.strip().isdecimal() else _seconds_until(header, now)
    except (ValueError, OverflowError):
        return None
    return min(seconds, YEAR_SECONDS) if seconds >= 0 else None


def _seconds_until(date: str, now: datetime) -> float:
    moment = parsedate_to_datetime(date)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
