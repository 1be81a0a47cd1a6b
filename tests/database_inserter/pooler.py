"""A pooler between libpq and a real server, as far as simple queries and COPY need one.

It lends backends as PgBouncer does (its `pool_mode`): until a client leaves, or until a transaction
or a statement ends. Messages: PostgreSQL's chapter 54.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

from etl.models.peers import hang_up
from tests.conftest import Parameters
from tests.database_inserter.refusing_server import error_message

PROTOCOL_3, TLS_REQUEST = (196608).to_bytes(4, "big"), (80877103).to_bytes(4, "big")
READY, COPY_IN, COPY_DATA, TERMINATE = b"Z", b"G", b"d", b"X"
IN_NO_TRANSACTION = b"\0\0\0\x05I"
# What PgBouncer sets anew for each client.
TRACKED = ("client_encoding", "UTF8", "application_name", "lms-etl")


class Pooler:
    """`idle` are the backends that nobody has borrowed; the last is lent first, unless `in_turn`.

    `clients`: how many are let in at all; with `tls` only those that ask for it.
    """

    def __init__(
        self,
        server: Parameters,
        mode: Literal["session", "transaction", "statement"],
        *,
        idle: int = 0,
        in_turn: bool = False,
        clients: int = 1000,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self._server = server
        self._mode = mode
        self._in_turn = in_turn
        self._places = clients
        self._greeting = b""
        self._clients: list[socket.socket] = []
        self._forgotten: list[socket.socket] = []
        self.idle = [self.new_backend() for _ in range(idle)]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen)]

    @property
    def parameters(self) -> Parameters:
        """libpq's, to come in through the pooler."""
        return {**self._server, "host": "127.0.0.1", "port": self._listener.getsockname()[1]}

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        hang_up(self._listener)
        self._listener.close()
        self.forget_clients()
        for thread in self._threads:
            thread.join()
        for backend in self.idle + self._forgotten:
            backend.close()

    def forget_clients(self) -> None:
        """As a firewall does: the server does not hear of it."""
        for client in self._clients:
            hang_up(client)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._places -= 1
                if self._places < 0:
                    client.close()
                    continue
                self._clients.append(client)
                self._threads.append(threading.Thread(target=self._serve, args=[client]))
                self._threads[-1].start()

    def _serve(self, asking: socket.socket) -> None:
        lent: socket.socket | None = self._borrow()
        with suppress(OSError), asking, self._greeted(asking) as client:
            client.sendall(self._greeting)
            if self._mode != "session":
                self.idle.append(lent)
                lent = None
            for message in _messages(client):
                if self._mode == "statement" and message[5:10] == b"BEGIN":
                    client.sendall(error_message("transaction blocks not allowed"))
                    break
                if message[:1] == TERMINATE:
                    if lent:
                        lent.close()
                    return
                lent = lent or self._borrow()
                lent.sendall(message)
                answers = [] if message[:1] == COPY_DATA else [*_until_ready(lent)]
                if self._mode != "session" and answers[-1:] == [READY + IN_NO_TRANSACTION]:
                    self.idle.append(lent)  # before the client can ask for another
                    lent = None
                client.sendall(b"".join(answers))
        if lent:
            self._forgotten.append(lent)  # and alive, with all that the client had

    def _greeted(self, client: socket.socket) -> socket.socket:
        asked = b""
        while asked[:4] != PROTOCOL_3:
            asked = _receive(client, int.from_bytes(_receive(client, 4)) - 4)
            if asked == TLS_REQUEST and self._tls:
                client.sendall(b"S")
                client = self._tls.wrap_socket(client, server_side=True)
            elif asked[:4] != PROTOCOL_3:
                client.sendall(b"N")
        assert not self._tls or isinstance(client, ssl.SSLSocket)
        return client

    def _borrow(self) -> socket.socket:
        if not self.idle:
            return self.new_backend()
        return self.idle.pop(0 if self._in_turn else -1)

    def new_backend(self) -> socket.socket:
        host, port = str(self._server["host"]), int(self._server.get("port", 5432))
        if host.startswith("/"):
            backend = socket.socket(socket.AF_UNIX)
            backend.connect(f"{host}/.s.PGSQL.{port}")
        else:
            backend = socket.create_connection((host, port))
        who = ("user", self._server["user"], "database", self._server["dbname"])
        startup = PROTOCOL_3 + b"".join(f"{word}\0".encode() for word in (*who, *TRACKED)) + b"\0"
        backend.sendall((len(startup) + 4).to_bytes(4, "big") + startup)
        password = f"{self._server.get('password', '')}\0".encode()
        if password != b"\0":
            backend.sendall(b"p" + (len(password) + 4).to_bytes(4, "big") + password)
            next(_messages(backend))  # asks for it
        self._greeting = b"".join(_until_ready(backend))
        return backend


def _until_ready(backend: socket.socket) -> Iterator[bytes]:
    """Until it is the client's turn."""
    for message in _messages(backend):
        yield message
        if message[:1] in {READY, COPY_IN}:
            return


def _messages(peer: socket.socket) -> Iterator[bytes]:
    """Raises `OSError` at the end."""
    while True:
        head = _receive(peer, 5)
        yield head + _receive(peer, int.from_bytes(head[1:]) - 4)


def _receive(peer: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = peer.recv(size - len(received))
        if not part:
            raise ConnectionError
        received += part
    return received
