"""What was counted, into `etl_student_task_days`; and what is there, to compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from psycopg2.extensions import cursor

from etl.postgres.counting import Column, groups
from etl.postgres.load.copy_binary import HEADER, TRAILER
from etl.postgres.load.copy_columns import copy_columns
from etl.postgres.load.copy_stream import copy_stream
from etl.postgres.load.repeats import SeenHashes
from etl.postgres.statements import array_literal, statement

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
    users, tasks = counted["user_id"], counted["task_id"]
    pair, first = groups(users, tasks)
    asked = np.arange(len(first))
    if seen is not None:
        asked = np.flatnonzero(seen.is_repeated(_hashes(users[first], tasks[first])))
    at.execute(statement("tried_on_other_days"), {**span, **_pairs(counted, first[asked])})
    found = np.array(at.fetchall(), np.int64).reshape(-1, 2)
    places, was_only = asked[found[:, 0] - 1], found[:, 1] > 0
    at.execute(statement("unset_only_days"), {**span, **_pairs(counted, first[places[was_only]])})
    is_only = np.bincount(pair) == 1
    is_only[places] = False
    marks: Column = is_only[pair]
    marks[tasks == 0] = False
    return marks


def _hashes(users: Column, tasks: Column) -> Column:
    pairs = zip(users.tolist(), tasks.tolist(), strict=True)
    return np.fromiter(map(hash, pairs), np.int64, len(users))


def _pairs(counted: Columns, rows: Column) -> dict[str, str]:
    return {
        "users": array_literal(counted["user_id"][rows].tolist()),
        "tasks": array_literal(counted["task_id"][rows].tolist()),
    }


def _tuples(rows: Columns) -> Iterator[bytes]:
    yield HEADER
    for first in range(0, len(rows["day"]), ROWS_AT_ONCE):
        yield copy_columns([column[first : first + ROWS_AT_ONCE] for column in rows.values()])
    yield TRAILER
