"""An emulated mail server on loopback: SMTP with implicit TLS and a login.

    with MailServer(user="u", password="p", directory=tmp_path) as mail:
        ...send to mail.host, mail.port, trusting mail.ca_file...
        assert mail.letters[0].message["Subject"] == "..."

`ca_file`, in `directory`, has the authority that issued the server's certificate.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from pathlib import Path
from threading import Event, Thread
from typing import Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

# On every login aiosmtpd logs a warning about an attribute that it sets itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Letter:
    """A letter as it arrived; `sender` and `recipients` are those of the SMTP envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes


class MailServer:
    """An SMTP server with TLS and one login; `letters` has what arrived so far, oldest first."""

    host: str = "localhost"

    def __init__(self, *, user: str, password: str, directory: Path) -> None:
        self.letters: list[Letter] = []
        self.ca_file = directory / "mail-ca.pem"
        # Of every connection from its start.
        self.tls: ssl.SSLContext | None = issue_certificate(self.ca_file, "localhost", "127.0.0.1")
        self._credentials = (user.encode(), password.encode())
        self._protocols: list[SMTP] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it each answer
        # of several lines waits 40 ms for a delayed ACK.
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._listener.getsockname()[1]
        self._stopped = Event()

    def __enter__(self) -> Self:
        self._thread = Thread(target=asyncio.run, args=(self._serve(),), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, sock=self._listener, ssl=self.tls)
        await asyncio.to_thread(self._stopped.wait)
        server.close()  # no wait_closed: since Python 3.12 it waits until clients hang up
        for protocol in self._protocols:
            if isinstance(protocol.transport, asyncio.WriteTransport):
                with suppress(AttributeError):  # Debian's 3.11.2: a TLS connection closed twice
                    protocol.transport.abort()

    def _protocol(self) -> SMTP:
        self._protocols.append(self.greet())
        return self._protocols[-1]

    def greet(self) -> SMTP:
        """Returns an SMTP protocol of aiosmtpd, which will serve one new connection."""
        return SMTP(
            self,
            hostname=self.host,
            auth_require_tls=False,  # aiosmtpd does not know implicit TLS
            authenticator=self.authenticate,
        )

    def authenticate(
        self, _smtp: SMTP, _session: Session, _: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        is_known = (given.login, given.password) == self._credentials
        return AuthResult(success=is_known, handled=is_known)

    # The hook by which aiosmtpd asks for a reply; name and arguments are aiosmtpd's.
    async def handle_DATA(self, _smtp: SMTP, _session: Session, envelope: Envelope) -> str:
        sender, raw = envelope.mail_from or "", envelope.original_content or b""
        message = BytesParser(EmailMessage, policy=default_policy).parsebytes(raw)
        self.letters.append(Letter(sender, tuple(envelope.rcpt_tos), message, raw))
        return "250 2.0.0 Letter accepted"


def issue_certificate(ca_file: Path, *names: str) -> ssl.SSLContext:
    """Returns a TLS context with a new certificate for hosts; writes the new CA to `ca_file`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
