"""A server that speaks just enough of PostgreSQL's protocol (its chapter 54) to refuse."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

from etl.models.peers import hang_up

TLS_REQUESTS = {(80877103).to_bytes(4, "big"), (80877104).to_bytes(4, "big")}


class RefusingServer:
    """Answers everybody with one FATAL message, in the encoding of its locale.

    `message=None` breaks off instead. `answers_tls` is the byte by which a request for TLS is
    answered: N is no, S is yes (and then nothing follows). If it `asks_password`, in clear,
    `received` is what comes.
    """

    def __init__(
        self, message: str | None, *, encoding: str = "utf-8", answers_tls: bytes = b"N"
    ) -> None:
        self._answer = error_message(message, encoding) if message else b""
        self.asks_password, self.received = False, b""
        self._answers_tls = answers_tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        hang_up(self._listener)  # wakes the thread that waits in accept()
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                if client.recv(4096)[4:8] in TLS_REQUESTS:
                    client.sendall(self._answers_tls)
                    if not client.recv(4096):  # without TLS there is nothing to talk about
                        continue
                client.sendall(self._answer)
                if self.asks_password:
                    client.sendall(b"R\0\0\0\x08\0\0\0\x03")
                    self.received += client.recv(4096)


def error_message(message: str, encoding: str = "utf-8") -> bytes:
    severity = "FATAL" if message.isascii() else "ВАЖНО"
    main, _, detail = message.partition("\n")
    fields = {"S": severity, "V": "FATAL", "C": "XX000", "M": main}
    fields |= {"D": detail} if detail else {}
    body = b"".join(f"{key}{text}\0".encode(encoding) for key, text in fields.items()) + b"\0"
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body
