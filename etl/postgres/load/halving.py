"""Finds the records that the database refuses, at a cost that follows their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem, RecordRefusedError
from etl.models.records import Answer, Loaded
from etl.postgres.layouts import NO_PARTITION, require_partitions_of_incoming
from etl.postgres.session import translated

# Deferred constraints speak at once, and wait again for the end of the next part.
CHECK_DEFERRED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


def whole_or_in_parts(load: Callable[[float | None], Loaded], max_refused_share: float) -> Loaded:
    """`load` is a transaction; with None it ends at the first record that is refused.

    Only then it is asked to leave out the refused ones, as far as that is no larger share.
    """
    try:
        return load(None)
    except RecordRefusedError:
        return load(max_refused_share)


class Halving:
    """`rules` has, by its position, what refused a record. More than `max_share` are the table's
    fault, not theirs.
    """

    def __init__(self, at: cursor, answer: Answer, max_share: float) -> None:
        self.rules: dict[int, str] = {}
        self._at = at
        self._answer = answer
        self._max_share = max_share

    def put(self, positions: Sequence[int], step: Callable[[Sequence[int]], int]) -> int:
        """The sum of what `step` returns for the parts that are not refused. Raises `LoadError`."""
        try:
            with self._savepoint():
                count = step(positions)
                self._at.execute(CHECK_DEFERRED)
                return count
        except RecordRefusedError as error:
            if error.rule == NO_PARTITION:
                require_partitions_of_incoming(self._at)
            if len(positions) == 1:
                self._leave_out(positions[0], error.rule)
                return 0
        middle = len(positions) // 2
        return self.put(positions[:middle], step) + self.put(positions[middle:], step)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        self._at.execute("SAVEPOINT part")
        try:
            with translated():
                yield
        except RecordRefusedError:
            self._at.execute("ROLLBACK TO part; RELEASE part")
            raise
        self._at.execute("RELEASE part")

    def _leave_out(self, position: int, rule: str) -> None:
        self.rules[position] = rule
        if len(self.rules) / self._answer.count > self._max_share:
            raise LoadError(
                Problem.DATABASE_REFUSES,
                received=self._answer.count,
                limit_percent=100 * self._max_share,
                window=self._answer.window,
                rules=dict(Counter(self.rules.values()).most_common()),
            )
