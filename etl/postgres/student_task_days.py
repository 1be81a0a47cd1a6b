"""What was counted, into `etl_student_task_days`; and what is there, to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from psycopg2.extensions import cursor

from etl.postgres.counting import Column
from etl.postgres.load.copy_binary import HEADER, TRAILER, copy_columns
from etl.postgres.load.copy_stream import copy_stream
from etl.postgres.statements import statement

ROWS_AT_ONCE = 10_000

Columns = Mapping[str, Column]
Span = Mapping[str, Any]


def replace(at: cursor, counted: Columns, span: Span) -> None:
    """Puts those rows into the place of the stored ones of the span's days."""
    at.execute(statement("delete_student_task_days"), span)
    if len(counted["day"]):
        rows = {**counted, "is_only_day": _mark_only_days(at, counted, span)}
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


def _mark_only_days(at: cursor, counted: Columns, span: Span) -> Column:
    """Which of the rows have student and task to themselves; other days' rows lose their mark."""
    pairs = list(zip(counted["user_id"].tolist(), counted["task_id"].tolist(), strict=True))
    times = Counter(pairs)
    users, tasks = zip(*times, strict=True)
    own = {**span, "users": [*users], "tasks": [*tasks]}
    at.execute(statement("tried_on_other_days"), own)
    elsewhere = {(user, task): was_only for user, task, was_only in at.fetchall()}
    if marked := [pair for pair, was_only in elsewhere.items() if was_only]:
        users, tasks = zip(*marked, strict=True)
        at.execute(statement("unset_only_days"), {**span, "users": [*users], "tasks": [*tasks]})
    return np.array(
        [pair[1] != 0 and times[pair] == 1 and pair not in elsewhere for pair in pairs], np.bool_
    )


def _tuples(rows: Columns) -> Iterator[bytes]:
    yield HEADER
    for first in range(0, len(rows["day"]), ROWS_AT_ONCE):
        yield copy_columns([column[first : first + ROWS_AT_ONCE] for column in rows.values()])
    yield TRAILER
