"""`attempts` partitioned by time, which its owner may have done: PostgreSQL's chapter 5.12.

A record whose month has no partition is not to blame for it, so it is never quarantined: the slice
fails, and the statement that makes the partition is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from psycopg2.extensions import connection, cursor

from etl.models.errors import LoadError, Problem
from etl.models.window import Span, Window, gaps
from etl.postgres.session import transaction
from etl.postgres.statements import statement

NO_PARTITION = "23514"  # and no name: a CHECK constraint has one
HOUR = timedelta(hours=1)
LONGEST_MONTH = timedelta(days=31)
AHEAD = timedelta(days=30)


def spans_of_partitions(at: cursor) -> list[Span] | None:
    """Ascending, in naive UTC. None: `attempts` is not partitioned by time alone."""
    at.execute(statement("partition_spans"))
    ((spans,),) = at.fetchall()
    return None if spans is None else [(start, end) for start, end in spans]


def require_partitions(at: cursor, wanted: Iterable[Span]) -> None:
    """Raises `LoadError`, with the statements that make what is missing."""
    spans = spans_of_partitions(at)
    missing = [] if spans is None else _missing(spans, wanted)
    if missing:
        months = ", ".join(sorted({f"{start:%Y-%m}" for start, _ in missing}))
        sql = "\n".join(_statements(at, missing))
        raise LoadError(Problem.DATABASE_PARTITION, months=months, details=sql)


def require_partitions_of_incoming(at: cursor) -> None:
    at.execute("SELECT DISTINCT date_trunc('hour', created_at) FROM pg_temp.incoming")
    require_partitions(at, [(hour, hour + HOUR) for (hour,) in at.fetchall()])


def describe(session: connection, due: Window) -> str:
    """Until when there are some; '' for another table. Raises `LoadError` for days that are due."""
    start, end = due.columns().values()
    with transaction(session) as at:
        spans = spans_of_partitions(at)
        if spans is None:
            return ""
        require_partitions(at, [(start, end)])
        coming = _statements(at, _missing(spans, [(end, end + AHEAD)]))
    advice = f"; soon needed: {' '.join(coming)}" if coming else ""
    return f", partitions of attempts until {max(end for _, end in spans):%Y-%m-%d}{advice}"


def _missing(spans: Sequence[Span], wanted: Iterable[Span]) -> list[Span]:
    """What months of the wanted spans lack, ascending; each is a month at most."""
    free = [gap for start, end in wanted for gap in gaps(spans, start, end)]
    return sorted({lack for gap in free for lack in _by_month(spans, *gap)})


def _by_month(spans: Sequence[Span], start: datetime, end: datetime) -> Iterator[Span]:
    month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month < end:
        next_month = (month + LONGEST_MONTH).replace(day=1)
        for lack_start, lack_end in gaps(spans, month, next_month):
            if lack_start < end and start < lack_end:
                yield lack_start, lack_end
        month = next_month


def _statements(at: cursor, missing: Sequence[Span]) -> list[str]:
    starts, ends = [start for start, _ in missing], [end for _, end in missing]
    names = [f"attempts_{start:{'%Y_%m' if start.day == 1 else '%Y_%m_%d'}}" for start in starts]
    facts = {"names": names, "starts": starts, "ends": ends}
    at.execute(statement("partition_statements"), facts)
    return [text for (text,) in at.fetchall()]
