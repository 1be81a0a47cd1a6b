"""Retries requests to peers (servers and drivers), and quotes the peers' errors."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Any

from etl.models.errors import Problem

if TYPE_CHECKING:
    import tenacity

# The login of an address in a text. It ends at the last @ before path and query; people put
# passwords with /, ? and # in as they are: what looks like a port and is none begins one.
LOGIN = re.compile(r"(?<=//)([^\s/?#]*|[^\s/?#:\[]*:(?!\d{0,5}[/?#])\S*)(?=@)")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# OpenSSL's codes for certificates against RFC 5280 (x509_vfy.h), on which Python 3.13 insists.
RULES_OF_CERTIFICATES = range(79, 95)
# A terminal obeys controls, some mail servers refuse them, PostgreSQL takes no NUL, UTF-8 no lone
# surrogates, and the others turn a line around.
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def retrying(
    may_pass: Callable[[BaseException], bool],
    *,
    tries: int,
    first_wait_seconds: float,
    longest_wait_seconds: float,
    sleep: Callable[[float], None],
    deadline_seconds: float = inf,
) -> tenacity.Retrying:
    """Returns a retrier that calls a function again if it raises an error that `may_pass` accepts.

    Each wait doubles, with jitter. After all tries, or `deadline_seconds`, raises the last error.
    """
    import tenacity  # here, since `--help` needs no part of it

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(may_pass),
        wait=tenacity.wait_exponential_jitter(
            multiplier=first_wait_seconds, max=longest_wait_seconds
        ),
        stop=tenacity.stop_after_attempt(tries) | tenacity.stop_before_delay(deadline_seconds),
        sleep=sleep,
        reraise=True,
    )


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yields `error`, then the error that caused it, and so on down to the innermost."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        inner = [getattr(current, "reason", None), *current.args]
        chained = current.__cause__ or current.__context__
        current = next((one for one in inner if isinstance(one, BaseException)), chained)


def root_cause(error: BaseException) -> str:
    """Returns the text of the innermost system error behind `error`, else the name of its class.

    For a time-out without such a text it is "timed out"; for an `OSError` of no subclass, as of a
    refusing proxy, the error's message. No other text is returned, since those of `requests`
    contain the URL, and with it the API key.
    """
    words = type(error).__name__
    for cause in causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            words = cause.strerror
        elif isinstance(cause, TimeoutError):
            words = "timed out"
        elif type(cause) is OSError:
            words = one_line(str(cause))
    return words


def certificate_problem(error: BaseException, usual: Problem) -> Problem | None:
    """Returns a problem if a refused certificate is behind `error`, else None.

    The problem is CERTIFICATE_RULES if the certificate breaks rules of RFC 5280, else `usual`.
    """
    for cause in causes(error):
        if isinstance(cause, SSLCertVerificationError):
            is_against_rules = cause.verify_code in RULES_OF_CERTIFICATES
            return Problem.CERTIFICATE_RULES if is_against_rules else usual
    return None


def hang_up(sock: Any) -> None:
    """Ends the connection of `sock`; another thread that waits for its data gets an error."""
    if isinstance(sock, socket.socket):
        with suppress(OSError):  # it has ended already
            # Not through TLS, whose own shutdown must not be called while another thread reads.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        if sys.platform == "win32":  # there the thread goes on waiting (cpython, issue 91913)
            super(socket.socket, sock).close()  # whoever else has made a file of it


def harmless(text: str) -> str:
    """Returns the text with `?` for control and bidi characters; line ends and tabs stay."""
    return UNSAFE.sub("?", text)


def one_line(text: str) -> str:
    """Returns the text on one line; unprintable characters and repeated blanks become one blank."""
    text = text.replace("\0", "")  # which would part the letters of a secret in UTF-16
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())
