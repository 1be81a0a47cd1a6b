"""What was counted, into `etl_student_task_days`; and what is there, to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np
from psycopg2.extensions import cursor

from etl.postgres.counting import Column
from etl.postgres.load.copy_binary import HEADER, TRAILER, copy_columns
from etl.postgres.load.copy_stream import copy_stream
from etl.postgres.load.repeats import SeenHashes
from etl.postgres.statements import statement

ROWS_AT_ONCE = 10_000

Columns = Mapping[str, Column]
Span = Mapping[str, Any]


def replace(at: cursor, counted: Columns, span: Span, seen: SeenHashes | None) -> None:
    """Puts those rows into the place of the stored ones of the span's days.

    `seen`: the students' tasks of all rows that are stored; None: the database is to be asked.
    """
    at.execute(statement("delete_student_task_days"), span)
    if len(counted["day"]):
        rows = {**counted, "is_only_day": _mark_only_days(at, counted, span, seen)}
        query = f"COPY etl_student_task_days ({', '.join(rows)}) FROM STDIN (FORMAT binary)"
        copy_stream(at, query, _tuples(rows))


def differing_days(at: cursor, counted: Columns, span: Span) -> set[Any]:
    """The days of the span whose stored rows are others than the counted ones."""
    columns = ", ".join(counted)
    at.execute(
        f"SELECT {columns} FROM etl_student_task_days"  # noqa: S608 - our own names
        " WHERE day BETWEEN %(first_day)s AND %(last_day)s",
        span,
    )
    rows = zip(*(column.tolist() for column in counted.values()), strict=True)
    return {day for day, *_ in {*at.fetchall()} ^ {*rows}}


def _mark_only_days(at: cursor, counted: Columns, span: Span, seen: SeenHashes | None) -> Column:
    """Which of the rows have student and task to themselves; other days' rows lose their mark."""
    pairs = list(zip(counted["user_id"].tolist(), counted["task_id"].tolist(), strict=True))
    times = Counter(pairs)
    own = list(times)
    if seen is not None:
        is_seen = seen.is_repeated(np.fromiter(map(hash, own), np.int64, len(own))).tolist()
        own = list(compress(own, is_seen))
    at.execute(statement("tried_on_other_days"), {**span, **_columns_of(own)})
    elsewhere = {(user, task): was_only for user, task, was_only in at.fetchall()}
    marked = [pair for pair, was_only in elsewhere.items() if was_only]
    at.execute(statement("unset_only_days"), {**span, **_columns_of(marked)})
    return np.array(
        [pair[1] != 0 and times[pair] == 1 and pair not in elsewhere for pair in pairs], np.bool_
    )


def _columns_of(pairs: Sequence[tuple[str, int]]) -> dict[str, list[Any]]:
    return {"users": [user for user, _ in pairs], "tasks": [task for _, task in pairs]}


def _tuples(rows: Columns) -> Iterator[bytes]:
    yield HEADER
    for first in range(0, len(rows["day"]), ROWS_AT_ONCE):
        yield copy_columns([column[first : first + ROWS_AT_ONCE] for column in rows.values()])
    yield TRAILER
