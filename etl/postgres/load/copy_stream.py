"""COPY of texts while they are still being made."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from types import SimpleNamespace

import psycopg2
from psycopg2.extensions import cursor


def copy_stream(at: cursor, query: str | bytes, texts: Iterable[bytes]) -> None:
    """Sends each text as soon as it is there. Raises what their making raises.

    psycopg2 swallows an exception raised in `read`, even a signal's: it only aborts the COPY.
    So the stream ends early instead, and the exception comes behind COPY, whatever the server says
    to that, and undoes the transaction.
    """
    raised: list[BaseException] = []
    stream = _stream(texts, raised)
    next(stream)
    try:
        at.copy_expert(query, SimpleNamespace(read=stream.send))
    except psycopg2.Error:
        if not raised:
            raise
    if raised:
        raise raised[0]


def _stream(texts: Iterable[bytes], raised: list[BaseException]) -> Generator[bytes, int]:
    """Read by its own `send`: at the beginning of a function a signal would be outside of `try`."""
    try:
        yield b""
        for text in texts:
            if text:  # an empty one would be the end
                yield text
    except GeneratorExit:
        raise
    except BaseException as error:  # noqa: BLE001 - raised again behind COPY
        raised.append(error)
    yield b""
