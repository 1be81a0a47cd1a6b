"""What goes wrong while a COPY is being fed is heard, and undoes it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from threading import Thread

import pytest
from psycopg2.extensions import connection

from etl.models.errors import Terminated
from etl.pipeline.run import terminable
from etl.postgres.load.copy_stream import copy_stream

QUERY = "COPY numbers FROM STDIN"
LINES = b"1\n" * 1_000_000


@pytest.fixture
def session(colleague: connection) -> connection:
    with colleague.cursor() as at:
        at.execute("CREATE TABLE numbers (n INTEGER)")
    return colleague


def count(session: connection) -> int:
    with session.cursor() as at:
        at.execute("SELECT count(*) FROM numbers")
        return int(at.fetchall()[0][0])


def test_texts_arrive_in_one_piece_and_an_empty_one_is_no_end(session: connection) -> None:
    with session.cursor() as at:
        copy_stream(at, QUERY, [b"1\n2", b"", b"3\n", b"4\n"])
    assert count(session) == 3


@pytest.mark.parametrize("error", [ValueError, Terminated, KeyboardInterrupt])
def test_what_their_making_raises_is_raised(
    session: connection, error: type[BaseException]
) -> None:
    def texts() -> Iterator[bytes]:
        yield b"1\n"
        raise error

    with session.cursor() as at, pytest.raises(error):
        copy_stream(at, QUERY, texts())


def test_d8_what_is_raised_before_the_first_text_is_heard_whatever_the_server_says_to_it(
    session: connection,
) -> None:
    def texts() -> Iterator[bytes]:
        raise Terminated
        yield b""

    with session.cursor() as at, pytest.raises(Terminated):
        copy_stream(at, f"{QUERY} (FORMAT binary)", texts())


def test_d8_a_signal_in_the_middle_of_a_long_text_is_heard(session: connection) -> None:
    def texts() -> Iterator[bytes]:
        Thread(target=os.kill, args=(os.getpid(), signal.SIGTERM)).start()
        for _ in range(50):
            yield LINES

    with terminable(), session.cursor() as at, pytest.raises(Terminated):
        copy_stream(at, QUERY, texts())
