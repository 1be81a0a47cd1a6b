"""An answer of the grader on its way: cut into pieces while it comes in, and kept on disk.

It may be larger than the memory that a run should need, and nothing of it is used before it is
known to be whole. A piece is the text of a JSON array by itself; together they have the records of
the answer in their order.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from etl.grader.timeouts import RECORD_BYTES_AT_MOST
from etl.models.errors import ExtractError, Problem
from etl.models.pieces import Piece, split_array, split_off

PIECE_BYTES = 2 * 1024 * 1024


class RecordTooLargeError(Exception):
    """A single record fills more memory than all others of a run together should."""


class SpooledRecords:
    """Raw records, piece by piece, as often as they are asked for. Safe to share by threads."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        """Raises `ExtractError` when the disk says no."""
        self.count = 0
        self._pieces: list[tuple[int, int]] = []  # each one's bytes and records
        self._lock = Lock()
        with _translated():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as its owner
        weakref.finalize(self, self._file.close)
        with ExitStack() as on_failure:  # at once: an exception may keep its owner for long
            on_failure.callback(self._file.close)
            for piece in pieces:
                self._add(piece)
            on_failure.pop_all()

    def __iter__(self) -> Iterator[Piece]:
        begin = 0
        for size, count in self._pieces:
            with self._lock, _translated():
                self._file.seek(begin)
                array = self._file.read(size)
            yield Piece(array, count)
            begin += size

    def _add(self, piece: Piece) -> None:
        self.count += len(piece)
        with _translated():
            self._pieces.append((self._file.write(piece.array), len(piece)))
            self._file.flush()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExtractError(Problem.NO_ROOM, cause=error.strerror or str(error)) from error


def cut(blocks: Iterable[bytes], piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Pieces of about that size; the first are smaller, since the database waits for them.

    Raises `ValueError` when the blocks are no JSON array together.
    """
    rest = bytearray()
    wanted = piece = piece_bytes // 8
    is_cut = False
    for block in blocks:
        rest += block
        if len(rest) < wanted:
            continue
        if parts := split_off(rest):
            whole, rest = parts
            yield whole
            wanted = piece = min(2 * piece, piece_bytes)
            is_cut = True
        elif len(rest) > RECORD_BYTES_AT_MOST:
            raise RecordTooLargeError
        else:
            wanted = 2 * len(rest)
    last = Piece(rest, len(split_array(rest)))
    if is_cut and not len(last):
        raise ValueError("a comma without a record behind it")
    yield last
