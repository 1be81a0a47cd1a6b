"""Requests to the grader: one GET whose whole answer is read, within limits of time and size.

`Pace` decides how long a slice is and how many slices are asked for at once; both shrink when the
grader cannot keep up, and stay smaller for the rest of the run.

The kind of a fault follows from the HTTP status; the error's fact `said` quotes the grader. A
fault that another try may mend is a `PassingFaultError`, one that a shorter window may mend is a
`ShorterWindowError`; any other is an `ExtractError`, which no retry mends.
"""

from __future__ import annotations

import codecs
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import chain
from threading import Condition
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from etl.grader.answer import SpooledRecords, cut
from etl.models.errors import ExtractError, Problem
from etl.models.http_session import QUOTED_BYTES, DeadlineError, HTTPSession, TooLargeError, blocks
from etl.models.peers import one_line
from etl.models.window import Window

log = logging.getLogger(__name__)

# The grader takes half a minute for short and long windows alike, and minutes only for months.
LONGEST_WINDOW = timedelta(days=7)
SHORTEST_WINDOW = timedelta(hours=1)
RETRY_AFTER_CAP_SECONDS = 300
YEAR_SECONDS = 365 * 86_400
QUOTED_CHARACTERS = 300
OF_A_RECORD = re.compile(b"lti_user_id|passback_params")

SUCCESS_STATUSES = range(200, 300)
CREDENTIAL_STATUSES = {400, 401, 403}
# The grader answers in JSON. A page of another kind is that of a firewall before it.
OF_THE_GRADER = re.compile(rb'$|[{["]')
# A proxy, or a network that wants a login first (RFC 9110, 15.5.8; RFC 6585, 6).
BLOCKING_STATUSES = {407, 511}
PASSING_STATUSES = {408, 425, 429, *range(500, 600)} - BLOCKING_STATUSES
# nginx answers 503 by default to requests beyond its limit.
OVERLOAD_STATUSES = {429, 503}
# A gateway that gave up waiting for the grader (524 is Cloudflare's status): half of the
# window may be ready in time.
TOO_SLOW_STATUSES = {504, 524}

# Headers by which servers say that an answer is one page of several; names are without `X-`, dashes
# and case, as the keys of an `X-Pagination` are. They consist of words like these in any order.
TOTAL = re.compile(
    "(?=.*(total|full|pages|pagecount|lastpage))"
    "(pagination|paging|wp|total|full|last|count|items?|records?|results?|rows?|elements?|pages?)+"
)
MORE = re.compile(
    "(?=.*(next|more|continuation|truncated|partial|incomplete))"
    "(pagination|paging|opc|amz|ms|has|is|items?|records?|results?|pages?|content|cursor|token|link"
    "|url|offset|marker|range|id|next|more|continuation|truncated|partial|incomplete)+"
)
NO_MORE = {"", "0", "false", "no", "none", "null"}
NUMBER = re.compile(r"\d{1,18}")
PAIR = re.compile(r'"?([\w-]+)"?\s*[:=]\s*("[^"]*"|[\w.]+)')
LINK_TARGET = re.compile("<[^>]*>")
LINK_RELATIONS = re.compile(r""";\s*rel\s*=\s*("[^"]*"|'[^']*'|[^\s;,]+)""", re.IGNORECASE)


class GraderSession(HTTPSession):
    """An HTTP session that refuses redirects to other origins, which would get the API key."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        if not resp.is_redirect:
            return None
        resp.close()  # `requests` would read the body to its end, which may never come
        try:
            target = requests.Session.get_redirect_target(self, resp)
            here, there = urlsplit(resp.url), urlsplit(urljoin(resp.url, target))
        except ValueError as error:  # an address that cannot be parsed
            said = f"HTTP {resp.status_code}"
            raise ExtractError(Problem.API_REQUEST_REFUSED, said=said) from error
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise ExtractError(Problem.API_REDIRECT, host=f"{there.scheme}://{there.hostname}")
        return target


class FaultError(Exception):
    """A failed request; the same one, or one for less, may succeed. If none does, raise `error`.

    `is_overload`: fewer requests at once may help. `wait_seconds`: the wait that the grader asked
    for, None if it did not.
    """

    def __init__(
        self, error: ExtractError, *, is_overload: bool = False, wait_seconds: float | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_overload = is_overload
        self.wait_seconds = wait_seconds


class PassingFaultError(FaultError):
    """A failed request that may succeed when it is tried again."""


class ShorterWindowError(FaultError):
    """A failed request; one for a shorter window, with a smaller and faster answer, may succeed."""


def get_records(
    session: GraderSession,
    window: Window,
    *,
    url: str,
    login: Mapping[str, str],
    now: Callable[[], datetime],
    redact: Callable[[str], str],
) -> SpooledRecords:
    """Requests the records of `window`; returns them once the answer is known to be whole.

    `login` is part of the query; `session` bounds time and size. Errors quote the answer as
    `redact` returns it; `now` is the clock for Retry-After. Raises `FaultError` if another request
    may succeed, else `ExtractError`.
    """
    query = {**login, "start": _stamp(window.start), "end": _stamp(window.end)}
    begun = time.monotonic()
    try:
        with session.get(url, params=query, stream=True) as response:
            if response.status_code != requests.codes.ok:
                raise _fault(response, now(), redact)
            records = _records(_in_utf8(blocks(response.raw, session.bytes_at_most)), redact)
            if header := _part_by(response.headers, records.count):
                said = _quoted(header.encode(), redact)
                raise ShorterWindowError(ExtractError(Problem.API_ANSWER_PARTIAL, said=said))
            return records
    except TooLargeError as error:
        too_large = ExtractError(Problem.API_ANSWER_TOO_LARGE, megabytes=error.megabytes)
        raise ShorterWindowError(too_large) from error
    # The errors of `requests` are OSErrors.
    except (DeadlineError, urllib3.exceptions.HTTPError, OSError) as error:
        if session.socket:  # else the fault is a proxy's
            seconds = round(time.monotonic() - begun)
            too_slow = ExtractError(Problem.API_TOO_SLOW, seconds=seconds)
            if isinstance(error, DeadlineError):
                raise too_slow from error
            if isinstance(error, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError):
                raise ShorterWindowError(too_slow, is_overload=True) from error
        problem, facts = session.fault(error, Problem.API_UNREACHABLE)
        raise PassingFaultError(ExtractError(problem, **facts)) from error


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _records(blocks: Iterator[bytes], redact: Callable[[str], str]) -> SpooledRecords:
    beginning = _beginning(blocks)
    try:
        return SpooledRecords(cut(chain([beginning], blocks)))
    except ValueError as error:
        for _ in blocks:  # raises if the connection broke, which explains more
            pass
        if re.match(rb"\s*\[", beginning):
            raise PassingFaultError(ExtractError(Problem.API_ANSWER_CUT)) from error
        said = _quoted(beginning, redact)
        raise ExtractError(Problem.API_ANSWER_UNEXPECTED, said=said) from error


def _part_by(headers: Mapping[str, str], count: int) -> str:
    """Returns the header that says that an answer of `count` records is a part; empty if none."""
    for name, value in headers.items():
        is_several = _plain(name) in {"pagination", "paging"}
        pairs = PAIR.findall(value) if is_several else [(name, value)]
        if any(_means_more(_plain(key), text, count) for key, text in pairs):
            return f"{name}: {value}"
    return ""


def _plain(name: str) -> str:
    return re.sub("[-_]", "", name).lower().removeprefix("x")


def _means_more(name: str, value: str, count: int) -> bool:
    if name == "link":  # RFC 8288
        relations = LINK_RELATIONS.findall(LINK_TARGET.sub("", value))
        return any("next" in one.strip("\"'").lower().split() for one in relations)
    if MORE.fullmatch(name):
        return value.strip(' "').lower() not in NO_MORE
    if name == "contentrange" and not value.startswith("bytes"):  # such as "items 0-99/180"
        name, value = "total", value.rpartition("/")[2]
    total = max(map(int, NUMBER.findall(value)), default=0)
    is_total = TOTAL.fullmatch(name) and total != count  # the count of this page
    return bool(is_total) and total > (1 if "page" in name else count)


def _in_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Returns a body without its byte order mark, which is no fault (RFC 8259, 8.1)."""
    beginning = _beginning(blocks)
    body = chain([beginning.removeprefix(codecs.BOM_UTF8)], blocks)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return (text.encode() for text in codecs.iterdecode(body, "utf-16"))
    return body


def _beginning(blocks: Iterator[bytes]) -> bytes:
    """Returns enough of the body to quote, which one packet may not hold."""
    beginning = b""
    while len(beginning) < QUOTED_BYTES and (block := next(blocks, b"")):
        beginning += block
    return beginning


def _quoted(body: bytes, redact: Callable[[str], str]) -> str:
    """Returns a body's beginning on one line, redacted before it is cut: half a key leaks too.

    Records are not quoted, since they name students; UTF-16 would hide them by NULs.
    """
    shown = OF_A_RECORD.split(body.replace(b"\0", b""))[0]
    text = redact(shown.decode("utf-8", "replace"))[:QUOTED_BYTES]
    return redact(one_line(text))[:QUOTED_CHARACTERS]


def _fault(
    response: requests.Response, now: datetime, redact: Callable[[str], str]
) -> FaultError | ExtractError:
    """Returns the error for an answer with any other status than 200."""
    status, body = response.status_code, _first_packet(response)
    said = _quoted(f"HTTP {status} {response.reason or ''}".rstrip().encode(), redact)
    if body:  # not together: a body that spells the key goes as a whole, and the status stays
        said = f"{said}: {_quoted(body, redact)}"[:QUOTED_CHARACTERS]
    if status == requests.codes.partial_content:
        return ShorterWindowError(ExtractError(Problem.API_ANSWER_PARTIAL, said=said))
    if status in TOO_SLOW_STATUSES:
        return ShorterWindowError(ExtractError(Problem.API_BROKEN, said=said), is_overload=True)
    if status not in PASSING_STATUSES:
        return ExtractError(_refusal(status, body), said=said)
    seconds = retry_after_seconds(response.headers.get("Retry-After"), now)
    if seconds is not None and seconds > RETRY_AFTER_CAP_SECONDS:
        again = (now + timedelta(seconds=seconds)).astimezone(UTC)
        return ExtractError(Problem.API_BUSY, said=said, again=again)
    return PassingFaultError(
        ExtractError(Problem.API_BROKEN, said=said),
        is_overload=status in OVERLOAD_STATUSES,
        wait_seconds=seconds,
    )


def _refusal(status: int, body: bytes) -> Problem:
    if status in SUCCESS_STATUSES:  # such as 204: no error, but no list either
        return Problem.API_ANSWER_UNEXPECTED
    if status in CREDENTIAL_STATUSES and OF_THE_GRADER.match(body):
        return Problem.API_CREDENTIALS
    is_blocked = status in CREDENTIAL_STATUSES | BLOCKING_STATUSES
    return Problem.API_BLOCKED if is_blocked else Problem.API_REQUEST_REFUSED


def _first_packet(response: requests.Response) -> bytes:
    """Returns the beginning of the body; nothing if it is blank, cannot be read or never comes."""
    with suppress(urllib3.exceptions.HTTPError, OSError):  # the status alone will do
        return bytes(response.raw.read1(QUOTED_BYTES, decode_content=True).strip())
    return b""


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Returns the seconds that a Retry-After header asks for, at most those of a year.

    The header has seconds or a date (RFC 9110, 10.2.3). Returns None if it is missing, malformed or
    in the past.
    """
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            seconds = float(header)
        else:
            moment = parsedate_to_datetime(header)
            seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(seconds, YEAR_SECONDS) if seconds >= 0 else None


@dataclass(eq=False)
class Turn:
    """A thread's turn to request one slice from the grader, with all tries.

    `most_asking_at_once` is the largest number of turns, this one included, that were open at once.
    """

    most_asking_at_once: int = 1


class Pace:
    """The limits of slice length and concurrency, shared by all threads that fetch."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self.longest = LONGEST_WINDOW  # that one answer should cover
        self._asking: set[Turn] = set()
        self._pausing = 0
        self._changed = Condition()

    def halve(self, slice_: Window) -> None:
        with self._changed:
            self.longest = min(self.longest, max(SHORTEST_WINDOW, slice_.length / 2))

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Waits until one more slice may be requested; yields a turn, which ends with the block."""
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
        """Halves the number of requests at once, and calls `pause`; no request starts meanwhile.

        The new number is half of `turn.most_asking_at_once`, so that requests which fail together
        halve it only once. `reason` is for the log.
        """
        at_once = turn.most_asking_at_once // 2
        with self._changed:
            self._pausing += 1
            if at_once < self._at_once:
                self._at_once = at_once
                log.info("extract: at most %d at once from now on (%s)", at_once, reason)
        try:
            pause()
        finally:
            with self._changed:
                self._pausing -= 1
                self._changed.notify_all()
