"""An answer is cut into pieces while it comes in, and no cut costs or changes a record."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.grader.answer import SpooledRecords, cut
from etl.models.errors import Problem
from etl.models.http_session import READ_BYTES, TooLargeError
from tests.api_client.conftest import Client, failure
from tests.api_client.test_json_array import arrays
from tests.grader_faults import GraderServer, raw

SIZES = st.integers(1, 40)


def blocks(body: bytes, size: int) -> Iterator[bytes]:
    return (body[begin : begin + size] for begin in range(0, len(body), size))


def spooled(body: bytes, block: int, piece: int) -> SpooledRecords:
    return SpooledRecords(cut(blocks(body, block), piece))


@given(arrays(), SIZES, SIZES)
@settings(deadline=None)
def test_r10_wherever_it_is_cut_each_record_keeps_its_own_text(
    array: tuple[bytes, list[bytes]], block: int, piece: int
) -> None:
    body, texts = array
    records = spooled(body, block, piece)
    assert [bytes(text) for piece in records for text in piece] == texts
    assert records.count == len(texts)


@given(arrays(), SIZES, SIZES)
@settings(deadline=None, max_examples=15)
def test_a5_no_beginning_is_taken_for_the_whole_wherever_it_is_cut(
    array: tuple[bytes, list[bytes]], block: int, piece: int
) -> None:
    body, _ = array
    for size in range(len(body)):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever the parser is
            spooled(body[:size], block, piece)


@pytest.mark.parametrize(
    "body", [b"[{},]", b"[{}, ,{}]", b"[{}]]", b"[{}] {}", b"{},{}", b"[{} {}]", b'[{"a":[{},{}}]']
)
def test_a8_what_is_no_array_as_a_whole_is_none_in_pieces(body: bytes) -> None:
    for block in (2, 4):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever the parser is
            spooled(body, block, 2)


def test_pieces_are_small_although_the_answer_is_large() -> None:
    body = b"[" + b",".join([b'{"a": "},{"}'] * 10_000) + b"]"
    records = spooled(body, 1_000, 2_000)
    pieces = [len(piece) for piece in records]
    assert sum(pieces) == 10_000
    assert max(pieces) < 400


@pytest.mark.parametrize("depth", [1_000, 20_000])
def test_r10_no_cut_is_made_inside_of_a_record_that_nests_without_end(depth: int) -> None:
    deep = b'[{},"},{",' * depth + b"1" + b"]" * depth
    texts = [b"{}", deep, b'{"a":1}', deep, deep, b"{}"]
    records = spooled(b"[" + b",".join(texts) + b"]", 1_000, 2_000)
    assert [bytes(text) for piece in records for text in piece] == texts


def test_the_records_can_be_gone_through_again_and_at_the_same_time() -> None:
    records = spooled(b"[1, 2, 3, 4]", 4, 4)
    pairs = [(bytes(a[0]), bytes(b[0])) for a, b in zip(records, records, strict=True)]
    assert pairs == [(b"%d" % n, b"%d" % n) for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("unit", [b"[", b'{"a":', b"[],", b'"' + b"x" * 99, b"1"], ids=ascii)
def test_s15_a_record_without_end_costs_neither_memory_nor_time(unit: bytes) -> None:
    blocks = iter([b"[[", *[unit * (READ_BYTES // len(unit))] * 400])
    with pytest.raises(TooLargeError):
        SpooledRecords(cut(blocks))
    assert len(list(blocks)) > 390  # 2 MB of 100 were read


def test_a_disk_that_has_no_room_is_shown_with_its_cause(
    grader: GraderServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    grader.always(raw(b"[]"))
    error = failure(client())
    assert error.problem is Problem.NO_ROOM
    assert error.facts["cause"] == "No such file or directory"
    assert len(grader.requests) == 1
