"""COPY of texts while they are still being made, and rows in its binary form.

That is on PostgreSQL's page of COPY, "Binary Format". Against the text form nothing needs an
escape, and the server parses nothing, which spares it an eighth of its time. Bytes are kept as the
characters of Latin-1 until many rows are whole: Python joins texts fastest.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from itertools import chain
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg2
from psycopg2.extensions import cursor

# Texts for each row that make one of its fields, or more, when they are put together.
Fields = list[list[str]]

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature, no flags, no extension
TRAILER = b"\xff\xff"
NULL = "\xff\xff\xff\xff"
VERDICTS = {None: NULL, False: "\0\0\0\1\0", True: "\0\0\0\1\1"}
EPOCH = np.datetime64("2000-01-01", "us")  # of PostgreSQL's dates and timestamps


class _Lengths(dict[int, str]):
    """How a field of so many bytes begins; each is written once."""

    def __missing__(self, size: int) -> str:
        self[size] = _latin1(size.to_bytes(4, "big"))
        return self[size]


LENGTHS = _Lengths()


def copy_rows(at: cursor, query: str, rows: Iterable[bytes]) -> None:
    """Sends rows, as `tuples` makes them, to `query`, the COPY of a table's columns.

    Raises what their making raises.
    """
    copy_stream(at, f"{query} FROM STDIN (FORMAT binary)", chain([HEADER], rows, [TRAILER]))


def copy_stream(at: cursor, query: str | bytes, texts: Iterable[bytes]) -> None:
    """Sends each text to a COPY as soon as it is there. Raises what their making raises.

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


def tuples(columns: Sequence[Fields]) -> bytes:
    """Rows out of columns of one length, each made by `texts`, `verdicts` or `numbers`."""
    height = len(columns[0][0])
    count = [_latin1(len(columns).to_bytes(2, "big"))] * height
    fields = chain([count], *columns)
    return "".join(map("".join, zip(*fields, strict=True))).encode("latin-1")


def texts(values: Sequence[str | None]) -> Fields:
    known = [text or "" for text in values]
    if not "".join(known).isascii():
        known = [_latin1(text.encode()) for text in known]
    lengths = [LENGTHS[size] for size in map(len, known)]
    if None in values:
        lengths = [NULL if value is None else n for value, n in zip(values, lengths, strict=True)]
    return [lengths, known]


def verdicts(values: Sequence[bool | None]) -> Fields:
    return [[VERDICTS[value] for value in values]]


def numbers(values: npt.NDArray[Any]) -> Fields:
    """Booleans, 32-bit integers, days or moments; what is masked is NULL."""
    wire = _wire(np.ma.getdata(values))
    size = 4 + wire.itemsize
    cells = np.empty((len(wire), size), np.uint8)
    cells[:, :4] = np.frombuffer(wire.itemsize.to_bytes(4, "big"), np.uint8)
    cells[:, 4:] = wire.view(np.uint8).reshape(len(wire), wire.itemsize)
    together = _latin1(cells.tobytes())
    fields = [together[at : at + size] for at in range(0, len(together), size)]
    for row in np.flatnonzero(np.ma.getmaskarray(values)):
        fields[row] = NULL
    return [fields]


def _wire(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """As the server reads them, its most significant byte first."""
    if values.dtype.kind == "M":
        kind = ">i4" if values.dtype == "datetime64[D]" else ">i8"
        return np.ascontiguousarray((values - EPOCH.astype(values.dtype)).astype(kind))
    return np.ascontiguousarray(values if values.dtype == np.bool_ else values.astype(">i4"))


def _latin1(raw: bytes) -> str:
    return raw.decode("latin-1")
