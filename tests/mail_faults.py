"""What a mail server may do instead of taking a letter.

`tls` is "implicit", "starttls" or "none"; the last one also plays the server that does not offer
STARTTLS. Without "localhost" among `names` the certificate is another server's, and to a client
that does not load `ca_file` it is untrusted. `passwords_received` counts how often a client
gave its password away, whether or not the login succeeded.
"""

# ruff: noqa: N802 - the hooks have aiosmtpd's names

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Literal

from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session, TLSSetupException

from etl.demo import mail


class MailServer(mail.MailServer):
    """The demo's server, which misbehaves on request."""

    def __init__(
        self,
        *,
        tls: Literal["implicit", "starttls", "none"] = "implicit",
        names: Sequence[str] = (),
        logins: str | None = "LOGIN PLAIN",
        **account: Any,
    ) -> None:
        super().__init__(**account)
        context = mail.issue_certificate(self.ca_file, *names) if names else self.tls
        self.tls = context if tls == "implicit" else None
        self._starttls = context if tls == "starttls" else None
        self.passwords_received = 0
        self.greeted_as = ""
        self._logins = logins
        self.behave()

    def behave(self) -> None:
        """Forget every misbehaviour asked for; new connections are served well."""
        self.hangs, self._says = False, b""
        self._refusals: dict[str, Iterator[str]] = {}

    def hang(self, says: bytes = b"") -> None:
        """Accept connections, and never greet, but say this over and over."""
        self.hangs, self._says = True, says

    def refuse_recipient(
        self, address: str, reply: str = "550 5.1.1 No such user", times: int | None = None
    ) -> None:
        """Refuse this address so many times; None: always."""
        self._refusals[address.lower()] = repeat(reply) if times is None else repeat(reply, times)

    def refuse_login(self, reply: str = "535 5.7.8 Application password required") -> None:
        self._refusals["AUTH"] = repeat(reply)

    def refuse_sender(self, reply: str, times: int = 1_000) -> None:
        self._refusals["MAIL"] = repeat(reply, times)

    def refuse_data(self, reply: str, times: int = 1) -> None:
        """Refuse the next letters after they were sent whole."""
        self._refusals["DATA"] = repeat(reply, times)

    def _refusal(self, asked: str) -> str | None:
        """The next reply to this command or address, unless it is to be taken."""
        return next(self._refusals.get(asked, iter(())), None)

    def greet(self) -> Any:
        if self.hangs:
            return _Hanging(self._says)
        smtp = super().greet()
        smtp.tls_context = self._starttls
        return smtp

    def _may_login(self, session: Session) -> bool:
        return not self._starttls or session.ssl is not None

    def authenticate(
        self, smtp: Any, session: Session, envelope: Envelope, how: str, given: LoginPassword
    ) -> AuthResult:
        self.passwords_received += 1
        if not self._may_login(session):
            return AuthResult(success=False, handled=False, message="538 5.7.11 Encryption needed")
        if refusal := self._refusal("AUTH"):
            return AuthResult(success=False, handled=False, message=refusal)
        return super().authenticate(smtp, session, envelope, how, given)

    async def handle_EHLO(
        self, _smtp: Any, session: Session, _envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        session.host_name = self.greeted_as = name
        is_open = self._logins and self._may_login(session)
        return [
            f"250-AUTH {self._logins}" if reply.startswith("250-AUTH") else reply
            for reply in replies
            if is_open or not reply.startswith("250-AUTH")
        ]

    async def handle_MAIL(
        self, _smtp: Any, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._logins and not session.authenticated:  # else a relay for whoever may connect
            return "530 5.7.0 Authentication required"
        if not (refusal := self._refusal("MAIL")):
            envelope.mail_from = address
        return refusal or "250 2.1.0 Sender OK"

    async def handle_RCPT(
        self, _smtp: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not (refusal := self._refusal(address.lower())):
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 Recipient OK"

    async def handle_DATA(self, *asked: Any) -> str:
        return self._refusal("DATA") or await super().handle_DATA(*asked)

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, TLSSetupException):
            return "454 4.7.0 TLS failed"  # the client did not like the certificate, as planned
        raise error


class _Hanging(asyncio.Protocol):
    transport: asyncio.BaseTransport | None = None  # until TLS, if any, is agreed

    def __init__(self, says: bytes) -> None:
        self._says = says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._say()

    def _say(self) -> None:
        sink = self.transport
        if self._says and isinstance(sink, asyncio.WriteTransport) and not sink.is_closing():
            sink.write(self._says)
            asyncio.get_running_loop().call_later(0.01, self._say)
