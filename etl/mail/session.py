"""Conversations with the mail server: encrypted, verified, logged in, and limited in time.

Popular wrappers around `smtplib` do not verify certificates; here a password leaves this machine
only for a server whose certificate is verified. TLS begins at once or by STARTTLS (RFC 8314).

A socket's timeout limits a silence only, so a server that sends a byte now and then could hold a
run for ever: each conversation has a thread of its own, which a deadline or a signal cuts off.
"""

from __future__ import annotations

import re
import select
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Any, Literal, TypeVar

from etl.models.background import fulfil, in_background, result_of, wait_for
from etl.models.errors import NotifyError, Problem, Terminated
from etl.models.peers import certificate_problem, hang_up, one_line, root_cause

T = TypeVar("T")

PASSING_CODES = range(400, 500)  # RFC 5321, 4.2.1: "transient negative completion"
GREETING = 220
LOGIN_WANTED = 530  # RFC 4954, 6: "Authentication required"
LOGINS = {"CRAM-MD5", "LOGIN", "PLAIN"}  # those that smtplib knows
# Too large (RFC 1870, 3463); a 552 with another second code is about somebody's full mailbox.
TOO_LARGE = re.compile(r"\b(552 (?!\d\.)|5\d\d 5\.(2\.3|3\.4)\b)")
FULL_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)

DEADLINE_SECONDS = 120
GOODBYE_SECONDS = 1
REPLY_BYTES_AT_MOST = 128 * 1024


class PassingNotifyError(NotifyError):
    """A transient fault of mail server or network: a later try may succeed."""


class RefusedLetterError(NotifyError):
    """A refusal of one letter by the mail server, which may accept another letter."""


# The kinds of a fault without a code that says more; the first class that fits.
KINDS: Sequence[tuple[Any, type[NotifyError], Problem]] = (
    (smtplib.SMTPServerDisconnected, PassingNotifyError, Problem.MAIL_UNREACHABLE),
    (smtplib.SMTPAuthenticationError, NotifyError, Problem.MAIL_LOGIN),
    (smtplib.SMTPDataError, RefusedLetterError, Problem.MAIL_REFUSED),
    (smtplib.SMTPSenderRefused, NotifyError, Problem.MAIL_REFUSED),
    (smtplib.SMTPRecipientsRefused, NotifyError, Problem.MAIL_REFUSED),
    (smtplib.SMTPResponseException, NotifyError, Problem.MAIL_UNREACHABLE),  # of greeting or EHLO
    (smtplib.SMTPException, NotifyError, Problem.MAIL_LOGIN),  # none that smtplib knows
    (ssl.SSLCertVerificationError, NotifyError, Problem.MAIL_CERTIFICATE),
    (ssl.SSLEOFError, PassingNotifyError, Problem.MAIL_UNREACHABLE),
    (ssl.SSLError, NotifyError, Problem.MAIL_ENCRYPTION),
    # A label of the host's name is empty or too long; a challenge is no base64.
    (ValueError, NotifyError, Problem.MAIL_UNREACHABLE),
    (OSError, PassingNotifyError, Problem.MAIL_UNREACHABLE),
)


@dataclass(frozen=True)
class MailAccount:
    """An account on an SMTP server at `host`; without a password there is no login.

    `ca_file` has the certificate authorities to trust instead of the system's. `timeout_seconds`
    limits each wait for the server. A server that says nothing for `greeting_seconds` is tested for
    TLS from the first byte. A session that SIGINT or SIGTERM ends has `grace_seconds` to finish.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str | None = field(repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 30
    greeting_seconds: float = 5
    grace_seconds: float = 3

    def converse(self, talk: Callable[[smtplib.SMTP], T], seconds: float = DEADLINE_SECONDS) -> T:
        """Connects, logs in, and returns the result of `talk`, which is called with the session.

        Raises `NotifyError` if server or network fail, or if it all takes longer than `seconds`.
        """
        conversation = _Conversation(self)
        answer: Future[T] = Future()
        ending = in_background(partial(conversation.hold, talk, answer))
        try:
            return result_of(answer, seconds)
        except (OSError, ValueError) as error:  # smtplib's are OSErrors, and so is a TimeoutError
            raise self._fault(error) from error
        except (KeyboardInterrupt, Terminated):
            # The server may have the letter and be about to say so; else it would get it twice.
            wait_for(ending, self.grace_seconds)
            raise
        finally:
            if not answer.done():
                conversation.cut()
            wait_for(ending, GOODBYE_SECONDS)  # no longer: a sent letter stays sent

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    def _fault(self, error: OSError | ValueError) -> NotifyError:
        kind, problem = next((k, p) for classes, k, p in KINDS if isinstance(error, classes))
        problem = certificate_problem(error, problem) or problem
        code, said = _code_and_words(error)
        if code in PASSING_CODES:
            kind, problem = PassingNotifyError, Problem.MAIL_BUSY
        elif code == LOGIN_WANTED:
            problem = Problem.MAIL_LOGIN
        elif code and TOO_LARGE.search(said):
            kind = RefusedLetterError
        return kind(problem, host=self.host, port=str(self.port), user=self.user, said=said)


class _Conversation(smtplib.SMTP):
    """A conversation that another thread can cut off, and that reads a bounded number of bytes."""

    def __init__(self, account: MailAccount) -> None:
        # Without a host it does not connect yet. The name is set once there is an address.
        super().__init__(local_hostname="", timeout=account.timeout_seconds)
        self._host = account.host  # smtplib's `starttls` verifies it
        self._account = account
        self._is_cut = False

    def cut(self) -> None:
        self._is_cut = True
        hang_up(self.sock)

    def hold(self, talk: Callable[[smtplib.SMTP], T], answer: Future[T]) -> None:
        def converse() -> T:
            self._open()
            return talk(self)

        with suppress(OSError), self:  # which says goodbye
            fulfil(answer, converse)

    def getreply(self) -> tuple[int, bytes]:
        if self._is_cut:
            raise TimeoutError
        if self.file is None and self.sock:
            self.file = _Replies(self.sock.makefile("rb", buffering=0))
        return super().getreply()

    def _open(self) -> None:
        account = self._account
        self.sock = self._connect(self.timeout)
        self.local_hostname = _own_name(self.sock)
        if account.security == "tls":
            self.sock = account.tls().wrap_socket(self.sock, server_hostname=account.host)
        elif not select.select([self.sock], [], [], account.greeting_seconds)[0]:
            self._try_tls()
        code, words = self.getreply()
        if code != GREETING:
            raise smtplib.SMTPConnectError(code, words)
        self.ehlo_or_helo_if_needed()
        if account.security == "starttls":
            if not self.has_extn("starttls"):
                raise ssl.SSLError(0, self._offers())
            self.starttls(context=account.tls())
            self.ehlo_or_helo_if_needed()
        # Else a server that takes its time over a whole letter would get it again; it is cut off.
        self.sock.settimeout(None)
        if account.password:
            if LOGINS.isdisjoint(self.esmtp_features.get("auth", "").split()):
                raise smtplib.SMTPNotSupportedError(self._offers())
            self.login(account.user, account.password)

    def _connect(self, seconds: float) -> socket.socket:
        return socket.create_connection((self._account.host, self._account.port), seconds)

    def _try_tls(self) -> None:
        """Raises an `ssl.SSLError` if the server greets nobody because it waits for TLS."""
        account = self._account
        try:
            with self._connect(account.greeting_seconds) as plain:
                account.tls().wrap_socket(plain, server_hostname=account.host).close()
        except ssl.SSLCertVerificationError:
            pass
        except OSError:
            return
        raise ssl.SSLError(0, "TLS")

    def _offers(self) -> str:
        return (self.ehlo_resp or self.helo_resp or b"").decode("utf-8", "replace")


class _Replies(BufferedReader):
    """The server's replies, which end with an error when they become too many bytes."""

    _left = REPLY_BYTES_AT_MOST

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("its replies are too long")
        return line


def _own_name(sock: socket.socket) -> str:
    """Returns this computer's full name, or its address if it has none that servers take.

    RFC 5321, 4.1.3. DNS is not asked, which may take a minute.
    """
    name = socket.gethostname()
    if FULL_NAME.fullmatch(name):
        return name
    address = str(sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _code_and_words(error: OSError | ValueError) -> tuple[int, str]:
    """Returns the reply's code, or 0, and words; a reply about an address begins with it."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            replies = error.recipients.items()
            # One address that may be taken later is worth another try.
            code = min((code for _, (code, _) in replies), key=lambda one: one not in PASSING_CODES)
            return code, "; ".join(f"{address}: {reply_text(*reply)}" for address, reply in replies)
        case smtplib.SMTPSenderRefused(smtp_code=code, smtp_error=words):
            return code, f"{error.sender}: {reply_text(code, words)}"
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return code, reply_text(code, words)
        case smtplib.SMTPException() | ValueError():
            return 0, one_line(str(error))
    return 0, root_cause(error)


def reply_text(code: int, text: bytes | str) -> str:
    """Returns an SMTP reply on one line: its `code`, then `text`, which may have several lines."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    # smtplib's code of what is no SMTP is -1.
    return one_line(f"{code} {words}".removeprefix("-1 ")).rstrip(".")
