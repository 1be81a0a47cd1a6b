"""What goes wrong while a COPY is being fed is heard, and undoes it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from threading import Thread

import numpy as np
import pytest
from psycopg2.extensions import connection

from etl.models.errors import Terminated
from etl.pipeline.run import terminable
from etl.postgres.copying import copy_rows, numbers, tuples

QUERY = "COPY numbers"


def rows(count: int) -> bytes:
    return tuples([numbers(np.arange(count))])


MANY = rows(1_000_000)


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
        one, two = rows(1), rows(2)
        copy_rows(at, QUERY, [two[:5], two[5:], b"", one])
    assert count(session) == 3


@pytest.mark.parametrize("before", [[], [rows(1)]], ids=["first", "second"])
@pytest.mark.parametrize("error", [ValueError, Terminated])
def test_d8_what_their_making_raises_is_raised_whatever_the_server_says_to_it(
    session: connection, error: type[BaseException], before: list[bytes]
) -> None:
    def texts() -> Iterator[bytes]:
        yield from before
        raise error

    with session.cursor() as at, pytest.raises(error):
        copy_rows(at, QUERY, texts())


def test_d8_a_signal_in_the_middle_of_a_long_text_is_heard(session: connection) -> None:
    def texts() -> Iterator[bytes]:
        Thread(target=signal.raise_signal, args=[signal.SIGTERM]).start()
        for _ in range(50):
            yield MANY

    with terminable(), session.cursor() as at, pytest.raises(Terminated):
        copy_rows(at, QUERY, texts())
