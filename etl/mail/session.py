"""A logged-in session with the mail server, encrypted and verified, and its refusals in words.

The popular wrappers around `smtplib` skip the verification of certificates; here the password is
sent only after the server has shown that it is the one. RFC 8314: TLS at once or STARTTLS.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from etl.models.errors import NotifyError, Problem
from etl.models.outside import root_cause

PASSING_CODES = range(400, 500)  # RFC 5321, 4.2.1: "transient negative completion"


class PassingNotifyError(NotifyError):
    """A later try may succeed."""


class RefusedLetterError(NotifyError):
    """The server took everything but the letter itself; another one may go out."""


@dataclass(frozen=True)
class MailAccount:
    """Where letters go out, and as whom."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 30  # for each answer

    @contextmanager
    def session(self) -> Iterator[smtplib.SMTP]:
        """Raises `NotifyError`; nothing of smtplib, socket or ssl gets out."""
        with self._translated(), _hanging_up(self._connect()) as smtp:
            if self.security == "starttls":
                smtp.starttls(context=self._tls())
            with self._login_offered():
                smtp.login(self.user, self.password)
            yield smtp

    def _connect(self) -> smtplib.SMTP:
        # By default smtplib asks DNS for this host's own name, which may take a minute.
        own_name = socket.gethostname()
        timeout = self.timeout_seconds
        if self.security == "tls":
            return smtplib.SMTP_SSL(
                self.host, self.port, own_name, timeout=timeout, context=self._tls()
            )
        return smtplib.SMTP(self.host, self.port, own_name, timeout=timeout)

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:  # missing, or no PEM
            cause = f"SSL_CERT_FILE: {root_cause(error)}"
            raise NotifyError(Problem.MAIL_CERTIFICATE, host=self.host, cause=cause) from error

    @contextmanager
    def _login_offered(self) -> Iterator[None]:
        """A missing AUTH is the same error to smtplib as a missing STARTTLS."""
        try:
            yield
        except smtplib.SMTPNotSupportedError as error:
            message = "AUTH is not offered"
            raise NotifyError(
                Problem.MAIL_LOGIN, host=self.host, user=self.user, message=message
            ) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPException as error:
            raise self._refusal(error) from error
        except ssl.SSLCertVerificationError as error:
            cause = root_cause(error)
            raise NotifyError(Problem.MAIL_CERTIFICATE, host=self.host, cause=cause) from error
        except (OSError, EOFError) as error:
            raise self._unreachable(root_cause(error)) from error
        except UnicodeError as error:  # before DNS is asked: an empty or a too long label
            cause = "this is no host name"
            raise NotifyError(
                Problem.MAIL_UNREACHABLE, host=self.host, port=str(self.port), cause=cause
            ) from error

    def _refusal(self, error: smtplib.SMTPException) -> NotifyError:
        code, message = _code_and_message(error)
        if code in PASSING_CODES:
            return PassingNotifyError(Problem.MAIL_ERROR, code=code, message=message)
        match error:
            case smtplib.SMTPServerDisconnected():
                refusal: NotifyError = self._unreachable(str(error))
            case smtplib.SMTPNotSupportedError():
                refusal = NotifyError(Problem.MAIL_NO_STARTTLS, host=self.host, port=str(self.port))
            case smtplib.SMTPAuthenticationError():
                said = f"{code} {message}"
                refusal = NotifyError(
                    Problem.MAIL_LOGIN, host=self.host, user=self.user, code=code, message=said
                )
            case smtplib.SMTPSenderRefused():
                refusal = NotifyError(Problem.MAIL_SENDER, code=code)
            case smtplib.SMTPRecipientsRefused():
                refusal = NotifyError(Problem.MAIL_RECIPIENTS, code=code)
            case smtplib.SMTPDataError():
                refusal = RefusedLetterError(Problem.MAIL_ERROR, code=code, message=message)
            case _:
                refusal = NotifyError(Problem.MAIL_ERROR, code=code, message=message)
        return refusal

    def _unreachable(self, cause: str) -> PassingNotifyError:
        return PassingNotifyError(
            Problem.MAIL_UNREACHABLE, host=self.host, port=str(self.port), cause=cause
        )


@contextmanager
def _hanging_up(smtp: smtplib.SMTP) -> Iterator[smtplib.SMTP]:
    """Not by smtplib's own context, which raises what is answered to QUIT, after the letter."""
    try:
        yield smtp
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def _code_and_message(error: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One address that may be taken later is worth another try.
        answers = error.recipients.values()
        code, answer = min(answers, key=lambda answer: answer[0] not in PASSING_CODES)
        return code, answer_text(answer)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, answer_text(error.smtp_error)
    return 0, type(error).__name__


def answer_text(answer: bytes | str) -> str:
    """On one line: servers answer in several."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())
