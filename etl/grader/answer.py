r"""An answer of the grader on its way: cut into records while it comes in, and kept on disk.

It may be larger than the memory that a run should need, and nothing of it is used before it is
known to be whole. Nothing is decoded here: the quarantine must be able to show a record exactly as
the grader sent it. `msgspec` splits an array at memory speed. What it refuses (NaN, lone surrogates
such as `\ud800`, a raw newline in a text, nesting without end) is split by a slower scanner that
matches brackets without recursion, so that one odd record does not cost the whole answer, and no
depth overflows a stack.
"""

from __future__ import annotations

import json
import re
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from threading import Lock
from typing import Any

import msgspec

from etl.models.errors import ExtractError, Problem

PIECE_BYTES = 2 * 1024 * 1024
# No attempt is that large; what has no comma between records for so long is not worth the memory.
RECORD_BYTES_AT_MOST = 32 * 1024 * 1024
# In C, Python 3.11 reads 1000 levels less those of its own calls, 3.13 reads 10,000, and what fits
# the stack differs by system. What becomes of a record must not depend on who reads it.
DEPTH_AT_MOST = 512
BLANKS = " \t\n\r"

Records = list[msgspec.Raw]

_split = msgspec.json.Decoder(Records).decode
_blanks = re.compile(f"[{BLANKS}]*")
_separators = re.compile(f"[{BLANKS},:]*")
_CLOSING = {"[": "]", "{": "}"}
# Only the end of a value is of interest: no integer is converted (Python refuses those of more
# than 4300 digits), and a raw control character is for whoever decodes the record.
_scan = json.JSONDecoder(parse_int=str, strict=False).raw_decode


class RecordTooLargeError(Exception):
    """A single record fills more memory than all others of a run together should."""


class Piece(Sequence[msgspec.Raw]):
    """Some records of an answer: a JSON array by itself, split only where a record is asked for."""

    def __init__(self, array: bytes | bytearray, count: int) -> None:
        self.array = array
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        return self._records[index]

    @cached_property
    def _records(self) -> Records:
        return split_array(self.array)


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
        if parts := _split_off(rest):
            whole, rest = parts
            yield whole
            wanted = piece = min(2 * piece, piece_bytes)
            is_cut = True
        elif len(rest) > RECORD_BYTES_AT_MOST:
            raise RecordTooLargeError
        else:
            wanted = 2 * len(rest)
    last = Piece(rest, len(split_array(rest)))
    if is_cut and not last:
        raise ValueError("a comma without a record behind it")
    yield last


def split_array(array: bytes | bytearray) -> Records:
    """One raw text a record. Raises `ValueError` when that is no JSON array.

    Elements are not checked beyond what splitting needs: invalid UTF-8 inside a string passes, and
    so does a comma too many inside a record.
    """
    try:
        return _split(array)
    except (msgspec.DecodeError, RecursionError):
        texts, behind = _scan_array(array)
    if behind[:1] != "]" or behind[1:].strip(BLANKS):
        raise ValueError("no array, or cut off")
    return [msgspec.Raw(_bytes(text)) for text in texts]


def _split_off(beginning: bytearray) -> tuple[Piece, bytearray] | None:
    """The whole records of an array's beginning, and the array of what is behind them.

    None when no record is known to be whole. `beginning` is taken apart, not copied.
    """
    comma = beginning.rfind(b"},") + 1
    rest = beginning[comma:]
    beginning[comma:] = b"]"
    try:
        piece = Piece(beginning, len(_split(beginning)))  # fails for a comma inside of a record
    except (msgspec.DecodeError, RecursionError):
        beginning[comma:] = rest
    else:
        rest[:1] = b"["
        return piece, rest
    texts, behind = _scan_array(beginning)
    if behind[:1] == "]":  # the array's own end, or that of one inside of a record
        behind = f",{texts.pop()}{behind}"
    if not texts:
        return None
    return Piece(_bytes(f"[{','.join(texts)}]"), len(texts)), bytearray(_bytes(f"[{behind[1:]}"))


def _scan_array(array: bytes | bytearray) -> tuple[list[str], str]:
    """The values that a comma or the array's end follows, and the text from the last of these on.

    Nothing of a text that begins no array.
    """
    text = array.decode("utf-8", "surrogateescape")  # gives back every byte as it was
    texts: list[str] = []
    separator = _skip_blanks(text, 0)
    if text[separator : separator + 1] != "[":
        return [], ""
    while text[separator] != "]":
        start = _skip_blanks(text, separator + 1)
        try:
            end, _ = _walk(text, start)
        except json.JSONDecodeError:
            break
        behind = _skip_blanks(text, end)
        if text[behind : behind + 1] not in {",", "]"}:
            break
        texts.append(text[start:end])
        separator = behind
    return texts, text[separator:]


def _skip_blanks(text: str, position: int) -> int:
    found = _blanks.match(text, position)
    return found.end() if found else position


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def nests_too_deep(text: str) -> bool:
    """Whether a value nests deeper than `DEPTH_AT_MOST`; True as well for many brackets of no JSON.

    Few brackets are only counted, so a usual record costs next to nothing.
    """
    if text.count("[") + text.count("{") <= DEPTH_AT_MOST:
        return False
    try:
        return _walk(text.strip(BLANKS), 0)[1] > DEPTH_AT_MOST
    except json.JSONDecodeError:
        return True


def _walk(text: str, position: int) -> tuple[int, int]:
    """The end of the value that begins at `position`, and its depth: 0 for a number, 1 for `[1]`.

    Its brackets match, and everything else is a text, a number or a word of JSON's; whether each
    stands where it may is for whoever decodes the value. Raises `JSONDecodeError`.
    """
    open_until: list[str] = []
    depth = 0
    while True:
        letter = text[position : position + 1]
        if closing := _CLOSING.get(letter):
            open_until.append(closing)
            depth = max(depth, len(open_until))
            position += 1
        elif open_until and letter == open_until[-1]:
            open_until.pop()
            position += 1
        else:  # never an array or an object, so this does not recurse
            position = _scan(text, position)[1]
        if not open_until:
            return position, depth
        if blanks := _separators.match(text, position):
            position = blanks.end()
