"""A stand-in for the colleagues' mail server: real SMTP with TLS and login, on loopback.

    with MailServer(user="u", password="p", directory=tmp_path) as mail:
        ...send to mail.host, mail.port, trusting mail.ca_file...
        assert mail.letters[0].message["Subject"] == "..."

`tls` is "implicit", "starttls" or "none", which is also a server that does not offer STARTTLS.
Without "localhost" among `names` the certificate is another server's; to a client that does not
load `ca_file` it is untrusted. `passwords_received` counts the passwords that clients sent, whether
or not the login succeeded.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from itertools import repeat
from pathlib import Path
from threading import Thread
from typing import Literal, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, TLSSetupException

# On every login aiosmtpd logs a warning about an attribute that it sets itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Letter:
    """A letter as it arrived; `sender` and `recipients` are those of the envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes


class MailServer:
    """An SMTP server that takes letters from clients that log in, while its context lasts."""

    host: str = "localhost"

    def __init__(
        self,
        *,
        user: str,
        password: str,
        directory: Path,
        tls: Literal["implicit", "starttls", "none"] = "implicit",
        names: Sequence[str] = ("localhost", "127.0.0.1"),
    ) -> None:
        self.letters: list[Letter] = []
        self.passwords_received = 0
        self.ca_file = directory / "mail-ca.pem"
        self._credentials = (user.encode(), password.encode())
        self._tls = tls
        self._ssl_context = _issue_certificate(self.ca_file, names)
        self._protocols: list[SMTP | _Silent] = []
        self.behave()

    def behave(self) -> None:
        """Ends every misbehaviour; new connections are served without faults."""
        self._hanging = False
        self._refusals: dict[str, Iterator[str]] = {}

    def hang(self) -> None:
        """Accepts new connections, but never greets."""
        self._hanging = True

    def refuse_recipient(
        self, address: str, reply: str = "550 5.1.1 No such user", times: int | None = None
    ) -> None:
        """Refuses this address `times` times; None: always."""
        self._refusals[address.lower()] = repeat(reply) if times is None else repeat(reply, times)

    def refuse_login(self, reply: str = "535 5.7.8 Application password required") -> None:
        self._refusals["AUTH"] = repeat(reply)

    def refuse_sender(self, reply: str) -> None:
        self._refusals["MAIL"] = repeat(reply)

    def refuse_data(self, reply: str, times: int = 1) -> None:
        """Refuses the next `times` letters after the client has sent them completely."""
        self._refusals["DATA"] = repeat(reply, times)

    def _refusal(self, asked: str) -> str | None:
        """Returns the reply that refuses this command or address; None to accept it."""
        return next(self._refusals.get(asked, iter(())), None)

    def __enter__(self) -> Self:
        listener = socket.create_server(("127.0.0.1", 0))
        # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it each answer
        # of several lines waits 40 ms for a delayed ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = listener.getsockname()[1]
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        # Made here: if the thread made it, it could be missing when the context ends at once.
        self._loop = self._runner.get_loop()
        self._stopped = asyncio.Event()
        self._thread = Thread(target=self._runner.run, args=(self._serve(listener),), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        self._runner.close()

    async def _serve(self, listener: socket.socket) -> None:
        implicit = self._ssl_context if self._tls == "implicit" else None
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, sock=listener, ssl=implicit)
        await self._stopped.wait()
        server.close()  # no wait_closed: since Python 3.12 it waits until clients hang up
        for protocol in self._protocols:
            if isinstance(protocol.transport, asyncio.WriteTransport):
                with suppress(AttributeError):  # Debian's 3.11.2: a TLS connection closed twice
                    protocol.transport.abort()

    def _protocol(self) -> SMTP | _Silent:
        self._protocols.append(_Silent() if self._hanging else self._smtp())
        return self._protocols[-1]

    def _smtp(self) -> SMTP:
        return SMTP(
            self,
            hostname=self.host,
            tls_context=self._ssl_context if self._tls == "starttls" else None,
            # Checked below: aiosmtpd knows no implicit TLS and counts no password sent too early.
            auth_require_tls=False,
            auth_required=False,
            authenticator=self._authenticate,
        )

    def _may_login(self, session: Session) -> bool:
        return self._tls != "starttls" or session.ssl is not None

    def _authenticate(
        self, _smtp: SMTP, session: Session, _: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        self.passwords_received += 1
        if not self._may_login(session):
            return AuthResult(success=False, handled=False, message="538 5.7.11 Encryption needed")
        refusal = self._refusal("AUTH")
        if refusal or (given.login, given.password) != self._credentials:
            return AuthResult(success=False, handled=False, message=refusal)
        return AuthResult(success=True)

    # The hooks by which aiosmtpd asks for a reply; their names and arguments are aiosmtpd's.

    async def handle_EHLO(
        self, _smtp: SMTP, session: Session, _envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        session.host_name = name
        open_to_login = self._may_login(session)
        return [reply for reply in replies if open_to_login or not reply.startswith("250-AUTH")]

    async def handle_MAIL(
        self, _smtp: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return self._refusal("MAIL") or "250 2.1.0 Sender OK"

    async def handle_RCPT(
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not (refusal := self._refusal(address.lower())):
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 Recipient OK"

    async def handle_DATA(self, _smtp: SMTP, _session: Session, envelope: Envelope) -> str:
        if refusal := self._refusal("DATA"):
            return refusal
        sender, raw = envelope.mail_from or "", envelope.original_content or b""
        message = BytesParser(EmailMessage, policy=default_policy).parsebytes(raw)
        self.letters.append(Letter(sender, tuple(envelope.rcpt_tos), message, raw))
        return "250 2.0.0 Letter accepted"

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, TLSSetupException):
            return "454 4.7.0 TLS failed"  # the client rejected the certificate, as planned
        raise error


class _Silent(asyncio.Protocol):
    transport: asyncio.BaseTransport | None = None  # until TLS, if any, is agreed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport


def _issue_certificate(ca_file: Path, names: Sequence[str]) -> ssl.SSLContext:
    """Returns a server's context with a new certificate; writes its authority to `ca_file`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
