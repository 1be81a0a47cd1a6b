r"""Cuts an answer of the grader into records while it comes in, and keeps them on disk.

An answer may be larger than the memory that a run should need, and nothing of it is used before it
is known to be whole. Records are not decoded here: the quarantine (the table of refused records)
must be able to show a record exactly as the grader sent it. `msgspec` splits an array at memory
speed. Arrays that it cannot read (NaN, lone surrogates such as `\ud800`, a raw newline in a text,
deep nesting) are split by a slower scanner that matches brackets without recursion, so that one odd
record does not cost the whole answer, and no depth overflows a stack.
"""

from __future__ import annotations

import json
import re
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from threading import Lock
from typing import Any

import msgspec

from etl.models.errors import ExtractError, Problem
from etl.models.http_session import TooLargeError

PIECE_BYTES = 2 * 1024 * 1024
# On disk; a week of a university with 130,000 attempts a day fits.
ANSWER_BYTES_AT_MOST = 512 * 1024 * 1024
# No attempt is that large: a longer text without the end of a record is not worth the memory, nor
# the time to match its brackets.
RECORD_BYTES_AT_MOST = PIECE_BYTES
# `json` reads 1000 nested levels less its own calls in Python 3.11, 10,000 in 3.13, and what fits
# the stack differs by system. Whether a record is read must not depend on that.
DEPTH_AT_MOST = 512
BLANKS = " \t\n\r"

Records = list[msgspec.Raw]

_split = msgspec.json.Decoder(Records).decode
_blanks = re.compile(f"[{BLANKS}]*")
# Texts and all that stands between brackets; what is left are brackets and a text without end.
_tokens = re.compile(r""""[^"\\]*+(?:\\.[^"\\]*+)*+"|[^]["{}]++|(.)""", re.DOTALL).finditer
_CLOSING = {"[": "]", "{": "}"}
# Only the end of a value is of interest. Integers are not converted (Python raises for more than
# 4300 digits), and raw control characters are left to the decoder of the record.
_scan = json.JSONDecoder(parse_int=str, strict=False).raw_decode


class Piece(Sequence[msgspec.Raw]):
    """The texts of `count` consecutive records, split out of their JSON `array` when first read."""

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
    """An answer's raw records in a temporary file; each iteration yields all, in lists (pieces).

    Threads may iterate at the same time. Raises `ExtractError` if the file cannot be used.
    """

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.count = 0
        self._pieces: list[tuple[int, int]] = []  # bytes and records of each
        self._lock = Lock()
        with _translated():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is open as long as `self`
        weakref.finalize(self, self._file.close)
        with ExitStack() as on_failure:  # closed now: a traceback may keep `self` alive for long
            on_failure.callback(self._file.close)
            for piece in pieces:
                self.count += len(piece)
                with _translated():
                    self._pieces.append((self._file.write(piece.array), len(piece)))
                    self._file.flush()
            on_failure.pop_all()

    def __iter__(self) -> Iterator[Piece]:
        begin = 0
        for size, count in self._pieces:
            with self._lock, _translated():
                self._file.seek(begin)
                array = self._file.read(size)
            yield Piece(array, count)
            begin += size


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExtractError(Problem.NO_ROOM, cause=error.strerror or str(error)) from error


def cut(blocks: Iterable[bytes], piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Yields the records of a JSON array that comes in `blocks`, as pieces of about `piece_bytes`.

    The first pieces are smaller. Raises `ValueError` unless the text is one whole array, and
    `TooLargeError` if a record is larger than `RECORD_BYTES_AT_MOST`.
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
            raise TooLargeError(RECORD_BYTES_AT_MOST)
        else:
            wanted = RECORD_BYTES_AT_MOST
    last = Piece(rest, len(split_array(rest)))
    if is_cut and not last:
        raise ValueError("a comma without a record behind it")
    yield last


def split_array(array: bytes | bytearray) -> Records:
    """Returns the raw text of each record in a JSON array; raises `ValueError` for anything else.

    Records are not checked beyond what splitting needs: invalid UTF-8 inside a string passes, and
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
    """Cuts the whole records off the beginning of an array; returns them, and the rest as an array.

    Returns None when no record is known to be whole. `beginning` is changed, not copied.
    """
    comma = beginning.rfind(b"},") + 1
    rest = beginning[comma:]
    beginning[comma:] = b"]"
    with suppress(msgspec.DecodeError, RecursionError):  # the comma is inside a record
        if count := len(_split(beginning)):
            rest[:1] = b"["
            return Piece(beginning, count), rest
    beginning[comma:] = rest
    if b"," not in beginning:  # nothing is whole: brackets without end need not be matched
        return None
    texts, behind = _scan_array(beginning)
    if behind[:1] == "]":  # the end of the array itself, or of one inside a record
        behind = f",{texts.pop()}{behind}"
    if not texts:
        return None
    return Piece(_bytes(f"[{','.join(texts)}]"), len(texts)), bytearray(_bytes(f"[{behind[1:]}"))


def _scan_array(array: bytes | bytearray) -> tuple[list[str], str]:
    """Returns the values that `,` or the array's `]` follows, and the text from the last mark on.

    Both are empty for a text that begins no array.
    """
    text = array.decode("utf-8", "surrogateescape")  # `_bytes` restores every byte
    texts: list[str] = []
    separator = _skip_blanks(text, 0)
    if text[separator : separator + 1] != "[":
        return [], ""
    while text[separator] != "]":
        start = _skip_blanks(text, separator + 1)
        try:
            end, _ = _walk(text, start)
        except ValueError:
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
    """Returns whether a JSON text nests deeper than `DEPTH_AT_MOST`.

    Returns True as well for broken JSON that has more opening brackets than that.
    """
    # Few brackets are only counted, so a usual record costs next to nothing.
    if text.count("[") + text.count("{") <= DEPTH_AT_MOST:
        return False
    try:
        return _walk(text.strip(BLANKS), 0)[1] > DEPTH_AT_MOST
    except ValueError:
        return True


def _walk(text: str, position: int) -> tuple[int, int]:
    """Returns where the value at `position` ends, and its depth: 0 for a number, 1 for `[1]`.

    Raises `ValueError` unless brackets match; what is between them is for the value's decoder.
    """
    if text[position : position + 1] not in _CLOSING:
        return _scan(text, position)[1], 0
    open_until: list[str] = []
    depth = 0
    for token in _tokens(text, position):
        letter = token[1]
        if letter is None:
            continue
        if closing := _CLOSING.get(letter):
            open_until.append(closing)
            depth = max(depth, len(open_until))
        elif letter != open_until.pop():
            break
        elif not open_until:
            return token.end(), depth
    raise ValueError("a bracket without its partner, or a text without end")
