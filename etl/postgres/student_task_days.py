"""What was counted, into `etl_student_task_days`; and what is there, to compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from psycopg2.extensions import cursor

from etl.postgres.copying import copy_rows, numbers, texts, tuples
from etl.postgres.counting import Column, groups
from etl.postgres.statements import array_literal, statement

ROWS_AT_ONCE = 10_000
# The planner would rather read all of a large table than look up some thousand rows of it.
BY_INDEX = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
BY_ANY_PLAN = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"

Columns = Mapping[str, Column]
Span = Mapping[str, Any]


def replace(at: cursor, counted: Columns, span: Span) -> None:
    """Puts those rows into the place of the stored ones of the span's days."""
    at.execute(statement("delete_student_task_days"), span)
    if len(counted["day"]):
        rows = {**counted, "is_only_day": _mark_only_days(at, counted, span)}
        copy_rows(at, f"COPY etl_student_task_days ({', '.join(rows)})", _tuples(rows))


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
    pair, first = groups(counted["user_id"], counted["task_id"])
    at.execute(BY_INDEX)
    at.execute(statement("tried_on_other_days"), {**span, **_pairs(counted, first)})
    found = np.array(at.fetchall(), np.int64).reshape(-1, 2)
    places, was_only = found[:, 0] - 1, found[:, 1] > 0
    at.execute(statement("unset_only_days"), {**span, **_pairs(counted, first[places[was_only]])})
    at.execute(BY_ANY_PLAN)
    is_only = np.bincount(pair) == 1
    is_only[places] = False
    marks: Column = is_only[pair]
    marks[counted["task_id"] == 0] = False
    return marks


def _pairs(counted: Columns, rows: Column) -> dict[str, str]:
    return {
        "users": array_literal(counted["user_id"][rows].tolist()),
        "tasks": array_literal(counted["task_id"][rows].tolist()),
    }


def _tuples(rows: Columns) -> Iterator[bytes]:
    for first in range(0, len(rows["day"]), ROWS_AT_ONCE):
        some = [column[first : first + ROWS_AT_ONCE] for column in rows.values()]
        yield tuples([texts(c.tolist()) if c.dtype == object else numbers(c) for c in some])
