"""A slice into `attempts`: by COPY where its window is empty, else staged and compared.

COPY alone is nearly as fast as rows can be written. It is taken where no stored attempt can be in
the way, and only for the first record of each key; all others are staged in the temporary table
`incoming`, inserted where their key is new, and compared where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

import pandas as pd
from psycopg2.extensions import cursor

from etl.models.records import ATTEMPT_COLUMNS, Batch, Rejected
from etl.models.window import Window
from etl.postgres.counting import ATTEMPTS_AT_ONCE, Attempts
from etl.postgres.load.copy_binary import HEADER, TRAILER, copy_binary
from etl.postgres.load.copy_stream import copy_stream
from etl.postgres.load.halving import Halving
from etl.postgres.load.repeats import SeenKeys
from etl.postgres.load.tally import Tally
from etl.postgres.statements import statement, subquery

COLUMNS = ", ".join(ATTEMPT_COLUMNS)
COPY_DIRECTLY = f"COPY attempts ({COLUMNS}) FROM STDIN (FORMAT binary)"
COPY_STAGED = f"COPY pg_temp.incoming (position, {COLUMNS}) FROM STDIN (FORMAT binary)"
WAITING_AT_MOST = 4 * 1024 * 1024
# One refused record takes so many others back with it.
PART_ROWS = 1024

Keep = Callable[[Sequence[Rejected]], None]
# The same items in their order, each made while the one before is in use.
Prefetch = Callable[[Iterable[Any]], Iterator[Any]]
# A batch as the tuples to copy, those to stage besides, and the rejected records.
Encoded = tuple[bytes, bytes, Sequence[Rejected]]


def may_copy_directly(at: cursor, window: Window) -> bool:
    """Whether no attempt of the window is stored yet, in a table that lets COPY do it all."""
    facts = {**window.columns(), "columns": [*ATTEMPT_COLUMNS]}
    at.execute(statement("may_copy_directly"), facts)
    return at.fetchone() == (True,)


def copy_rows(
    at: cursor,
    batches: Iterable[Batch],
    tally: Tally,
    keep: Keep,
    *,
    directly: Attempts | None,
    prefetch: Prefetch = iter,
) -> None:
    """Copies each batch while the next is made and encoded; `keep` stores the rejected.

    `directly`: into the table, and what was copied goes in here as well; else all rows are staged.
    In one COPY as far as may be: between two the server would be idle.
    """
    at.execute(statement("stage_incoming"))
    query = COPY_STAGED if directly is None else COPY_DIRECTLY
    rest = prefetch(_encode(batches, tally, directly=directly))
    for first in rest:
        staged: list[bytes] = []
        rejected: list[Rejected] = []
        _copy(at, query, _stream(chain([first], rest), staged, rejected))
        _copy(at, COPY_STAGED, staged)
        keep(rejected)


def _encode(
    batches: Iterable[Batch], tally: Tally, *, directly: Attempts | None
) -> Iterator[Encoded]:
    seen = SeenKeys()
    for batch in batches:
        is_repeated = seen.is_repeated(batch.rows)
        tally.add(batch, is_repeated)
        if directly is None:
            yield copy_binary(batch.rows, with_position=True), b"", batch.rejected
            continue
        rows = batch.rows[~is_repeated]
        if len(directly) < ATTEMPTS_AT_ONCE:
            _add(directly, rows)
        repeated = copy_binary(batch.rows[is_repeated], with_position=True)
        yield copy_binary(rows, with_position=False), repeated, batch.rejected


def _add(attempts: Attempts, rows: pd.DataFrame) -> None:
    attempts.add(
        rows.user_id.tolist(),
        rows.lis_result_sourcedid.tolist(),
        rows.is_correct.tolist(),
        rows.attempt_type.tolist(),
        rows.created_at.to_numpy(),
    )


def _stream(
    encoded: Iterable[Encoded], staged: list[bytes], rejected: list[Rejected]
) -> Iterator[bytes]:
    """Up to where much has come together that must go elsewhere and waits for this COPY's end."""
    waiting = 0
    for copied, tuples, records in encoded:
        yield copied
        staged.append(tuples)
        rejected.extend(records)
        waiting += len(tuples) + sum(len(one.record) for one in records)
        if waiting > WAITING_AT_MOST:
            return


def _copy(at: cursor, query: str, tuples: Iterable[bytes]) -> None:
    copy_stream(at, query, chain([HEADER], tuples, [TRAILER]))


def stage_parts(
    at: cursor, batches: Iterable[Batch], tally: Tally, keep: Keep, halving: Halving
) -> None:
    """Stages all records, but for those that the database's encoding refuses."""
    at.execute(statement("stage_incoming"))
    seen = SeenKeys()
    for batch in batches:
        tally.add(batch, seen.is_repeated(batch.rows))
        halving.put(batch.rows.index.tolist(), partial(_stage, at, batch.rows))
        keep(batch.rejected)


def _stage(at: cursor, rows: pd.DataFrame, part: Sequence[int]) -> int:
    """Returns nothing inserted."""
    _copy(at, COPY_STAGED, [copy_binary(rows.loc[list(part)], with_position=True)])
    return 0


def settle_parts(at: cursor, halving: Halving) -> tuple[int, list[int]]:
    """Like `settle_staged`; what the table refuses is not staged any more."""
    at.execute("CREATE INDEX ON pg_temp.incoming (position); ANALYZE pg_temp.incoming")
    at.execute("SELECT position FROM pg_temp.incoming ORDER BY position")
    positions = [position for (position,) in at.fetchall()]
    inserted = sum(
        halving.put(positions[first : first + PART_ROWS], partial(_insert_part, at))
        for first in range(0, len(positions), PART_ROWS)
    )
    at.execute("DELETE FROM pg_temp.incoming WHERE position = ANY(%s)", [[*halving.rules]])
    return inserted, _unmatched(at, _bounds(at))


def settle_staged(at: cursor) -> tuple[int, list[int]]:
    """Inserts the staged rows whose key is not stored yet, in their order.

    Returns how many, and the rows, by their index, whose key is stored with other content.
    """
    bounds = _bounds(at)
    if bounds["window_start"] is None:  # nothing is staged
        return 0, []
    # Counted and not EXISTS, for which the planner would look rows up one by one.
    count = f"SELECT count(*) FROM ({subquery('unmatched_positions')}) AS unmatched"  # noqa: S608 - our own
    at.execute(count, bounds)
    if at.fetchone() == (0,):  # a repeated run: all is known, and one look has shown it
        return 0, []
    at.execute(statement("insert_incoming").format(wanted="true"), bounds)
    inserted = at.rowcount
    return inserted, _unmatched(at, bounds)


def _insert_part(at: cursor, part: Sequence[int]) -> int:
    wanted, places = "position BETWEEN %(first)s AND %(last)s", {"first": part[0], "last": part[-1]}
    bounds = _bounds(at, wanted, **places)
    at.execute(statement("insert_incoming").format(wanted=wanted), {**bounds, **places})
    return at.rowcount


def _bounds(at: cursor, wanted: str = "true", **places: int) -> dict[str, Any]:
    """Among which stored attempts the staged records may be."""
    at.execute(statement("bounds_of_staged").format(wanted=wanted), places)
    start, end, students = at.fetchall()[0]
    return {"window_start": start, "window_end": end, "students": students}


def _unmatched(at: cursor, bounds: Mapping[str, Any]) -> list[int]:
    at.execute(statement("unmatched_positions"), bounds)
    return sorted(position for (position,) in at.fetchall())
