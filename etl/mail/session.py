"""Sessions with the mail server, encrypted, verified and logged in; its faults as our errors.

The popular wrappers around `smtplib` skip the verification of certificates; here the password is
sent only to a server whose certificate is verified. RFC 8314: TLS at once or STARTTLS.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from etl.models.errors import NotifyError, Problem
from etl.models.peers import certificate_problem, root_cause

PASSING_CODES = range(400, 500)  # RFC 5321, 4.2.1: "transient negative completion"


class PassingNotifyError(NotifyError):
    """A fault that may pass by itself: a later try may succeed."""


class RefusedLetterError(NotifyError):
    """A refusal of one letter by the server; another letter may go out."""


@dataclass(frozen=True)
class MailAccount:
    """The account that sends letters. `timeout_seconds` limits each answer of the server."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 30

    @contextmanager
    def session(self) -> Iterator[smtplib.SMTP]:
        """Yields a session that is logged in. Raises `NotifyError` if SMTP or network fail."""
        try:
            with _hanging_up(self._connect()) as smtp:
                if self.security == "starttls":
                    self._encrypt(smtp)
                smtp.login(self.user, self.password)
                yield smtp
        except (OSError, UnicodeError) as error:  # smtplib's are OSErrors
            raise self._fault(error) from error

    def _connect(self) -> smtplib.SMTP:
        connect: Callable[..., smtplib.SMTP] = smtplib.SMTP
        if self.security == "tls":
            connect = partial(smtplib.SMTP_SSL, context=self._tls())
        # By default smtplib asks DNS for this host's own name, which may take a minute.
        own_name = socket.gethostname()
        return connect(self.host, self.port, own_name, timeout=self.timeout_seconds)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if not smtp.has_extn("starttls"):
            raise NotifyError(Problem.MAIL_NO_STARTTLS, host=self.host, port=str(self.port))
        smtp.starttls(context=self._tls())

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:  # missing, or no PEM
            said = f"SSL_CERT_FILE: {root_cause(error)}"
            raise NotifyError(Problem.MAIL_CERTIFICATE, host=self.host, said=said) from error

    def _fault(self, error: OSError | UnicodeError) -> NotifyError:
        kind, problem, said = _kind_and_words(error)
        return kind(problem, host=self.host, port=str(self.port), user=self.user, said=said)


@contextmanager
def _hanging_up(smtp: smtplib.SMTP) -> Iterator[smtplib.SMTP]:
    """Ends the session. The context of smtplib would raise a refused QUIT after a sent letter."""
    try:
        yield smtp
    finally:
        with suppress(OSError):
            smtp.quit()
        smtp.close()


def _kind_and_words(error: OSError | UnicodeError) -> tuple[type[NotifyError], Problem, str]:
    """Returns our error's class, its problem and the server's words, by reply code or class."""
    kind: type[NotifyError] = NotifyError
    # A `UnicodeError`, before DNS is asked: a label of the host's name is empty or too long.
    problem, said = Problem.MAIL_UNREACHABLE, str(error)
    match error:
        case smtplib.SMTPResponseException() | smtplib.SMTPRecipientsRefused():
            code, said = _code_and_words(error)
            problem = Problem.MAIL_REFUSED
            if code in PASSING_CODES:
                kind, problem = PassingNotifyError, Problem.MAIL_BUSY
            elif isinstance(error, smtplib.SMTPAuthenticationError):
                problem = Problem.MAIL_LOGIN
            elif isinstance(error, smtplib.SMTPDataError):
                kind = RefusedLetterError
        case smtplib.SMTPServerDisconnected():
            kind = PassingNotifyError
        case smtplib.SMTPException():  # no AUTH, or none that smtplib knows
            problem = Problem.MAIL_LOGIN
        case ssl.SSLCertVerificationError():
            problem = certificate_problem(error, Problem.MAIL_CERTIFICATE) or problem
            said = root_cause(error)
        case OSError():
            kind, said = PassingNotifyError, root_cause(error)
    return kind, problem, said


def _code_and_words(
    error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused,
) -> tuple[int, str]:
    """Returns the reply's code and words; a reply about an address begins with that address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = error.recipients.items()
        # One address that may be taken later is worth another try.
        code = min((code for _, (code, _) in replies), key=lambda code: code not in PASSING_CODES)
        return code, "; ".join(f"{address}: {reply_text(*reply)}" for address, reply in replies)
    said = reply_text(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPSenderRefused):
        said = f"{error.sender}: {said}"
    return error.smtp_code, said


def reply_text(code: int, text: bytes | str) -> str:
    """Returns the server's reply as one line; servers may send several."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split()).rstrip(".")
