"""A slice into `attempts`: by COPY where its window is empty, else staged and compared.

COPY alone is nearly as fast as rows can be written. It is taken where no stored attempt can be in
the way, and only for the first record of each key; all others are staged in the temporary table
`incoming`, inserted where their key is new, and compared where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg2.extensions import cursor

from etl.models.attempts import Batch, Rejected
from etl.models.window import Window
from etl.postgres.load.copy_binary import HEADER, TRAILER, copy_binary
from etl.postgres.load.copy_stream import copy_stream
from etl.postgres.load.repeats import SeenKeys
from etl.postgres.load.tally import Tally
from etl.postgres.statements import statement, subquery

COLUMNS = (
    "user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,"
    " is_correct, attempt_type, created_at"
)
COPY_DIRECTLY = f"COPY attempts ({COLUMNS}) FROM STDIN (FORMAT binary)"
COPY_STAGED = f"COPY incoming (position, {COLUMNS}) FROM STDIN (FORMAT binary)"
WAITING_AT_MOST = 4 * 1024 * 1024

Keep = Callable[[Sequence[Rejected]], None]
# The same items in their order, each made while the one before is in use.
Prefetch = Callable[[Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True)
class Written:
    """A batch as texts for COPY. `is_repeated` tells of its rows, in their order."""

    batch: Batch
    is_repeated: npt.NDArray[np.bool_]
    stream: bytes
    staged_besides: bytes


def may_copy_directly(at: cursor, window: Window) -> bool:
    """Whether no attempt of the window is stored yet, in a table that lets COPY do it all."""
    columns = COLUMNS.split(", ")
    at.execute(statement("may_copy_directly"), {**window.columns(), "columns": columns})
    return at.fetchone() == (True,)


def copy_rows(
    at: cursor,
    batches: Iterable[Batch],
    tally: Tally,
    keep: Keep,
    *,
    directly: bool,
    prefetch: Prefetch = iter,
) -> None:
    """Copies each batch while the next is made and written out; `keep` stores the rejected.

    In one COPY as far as may be: between two the server would be idle.
    """
    at.execute(statement("stage_incoming"))
    query = COPY_DIRECTLY if directly else COPY_STAGED
    rest = prefetch(_written(batches, directly=directly))
    for first in rest:
        besides: list[bytes] = []
        rejected: list[Rejected] = []
        _copy(at, query, _streamed(chain([first], rest), tally, besides, rejected))
        _copy(at, COPY_STAGED, besides)
        keep(rejected)


def _copy(at: cursor, query: str, tuples: Iterable[bytes]) -> None:
    copy_stream(at, query, chain([HEADER], tuples, [TRAILER]))


def _streamed(
    batches: Iterable[Written], tally: Tally, besides: list[bytes], rejected: list[Rejected]
) -> Iterator[bytes]:
    """Up to where much has come together that must go elsewhere and waits for this COPY's end."""
    for written in batches:
        tally.add(written.batch, written.is_repeated)
        yield written.stream
        besides.append(written.staged_besides)
        rejected.extend(written.batch.rejected)
        if sum(map(len, besides)) + sum(len(one.record) for one in rejected) > WAITING_AT_MOST:
            return


def settle_staged(at: cursor, window: Window) -> tuple[int, list[int]]:
    """Inserts the staged rows whose key is not stored yet, in their order.

    Returns how many, and the rows, by their index, whose key is stored with other content.
    """
    # Counted and not EXISTS, for which the planner would look rows up one by one.
    count = f"SELECT count(*) FROM ({subquery('unmatched_positions')}) AS unmatched"  # noqa: S608 - our own
    at.execute(count, window.columns())
    if at.fetchone() == (0,):  # a repeated run: all is known, and one look has shown it
        return 0, []
    at.execute(statement("insert_incoming"), window.columns())
    inserted = at.rowcount
    at.execute(statement("unmatched_positions"), window.columns())
    return inserted, sorted(position for (position,) in at.fetchall())


def _written(batches: Iterable[Batch], *, directly: bool) -> Iterator[Written]:
    seen = SeenKeys()
    for batch in batches:
        is_repeated = seen.is_repeated(batch.rows)
        besides = is_repeated & directly
        yield Written(
            batch,
            is_repeated,
            copy_binary(batch.rows[~besides], with_position=not directly),
            copy_binary(batch.rows[besides], with_position=True),
        )
