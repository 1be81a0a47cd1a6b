"""Layouts of `attempts` that its owner may choose: months as partitions, months that were detached,
a cluster of servers.

PostgreSQL's chapter 5.12. Citus's documentation: "Citus Tables and Views", "Citus Utility
Functions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection, cursor

from etl.models.errors import LoadError, Problem
from etl.models.window import Interval, Window, gaps
from etl.postgres.session import transaction
from etl.postgres.statements import statement

NO_PARTITION = "23514"  # and no name: a CHECK constraint has one
HOUR = timedelta(hours=1)
LONGEST_MONTH = timedelta(days=31)
AHEAD = timedelta(days=30)
ALWAYS = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 - as PostgreSQL has moments
# By student: a duplicate meets its original, and a student's rows are counted where they lie.
COLUMN = "user_id"
SPREAD = ("attempts", "etl_tasks", "etl_task_texts", "etl_student_task_days")
TABLE = re.compile(rf"\b({'|'.join(SPREAD)})\b")


def spans_of_partitions(at: cursor) -> list[Interval] | None:
    """The partitions' spans, ascending, in naive UTC; None: not partitioned by time alone."""
    at.execute(statement("layouts.partition_spans"))
    ((spans,),) = at.fetchall()
    return None if spans is None else [(start, end) for start, end in spans]


def require_partitions(at: cursor, wanted: Iterable[Interval]) -> None:
    """Raises `LoadError` where a month has no partition, with the statements that make it.

    A record of such a month is not to blame, so it is never quarantined: the slice fails.
    """
    spans = spans_of_partitions(at)
    missing = [] if spans is None else _missing(spans, wanted)
    if missing:
        months = ", ".join(sorted({f"{start:%Y-%m}" for start, _ in missing}))
        sql = "\n".join(_statements(at, missing))
        raise LoadError(Problem.DATABASE_PARTITION, months=months, details=sql)


def require_partitions_of_incoming(at: cursor) -> None:
    at.execute("SELECT DISTINCT date_trunc('hour', created_at) FROM pg_temp.incoming")
    require_partitions(at, [(hour, hour + HOUR) for (hour,) in at.fetchall()])


def describe_partitions(session: connection, due: Window) -> str:
    """Until when `attempts` has partitions, in words; empty where it has none at all.

    Raises `LoadError` where days that are due have none.
    """
    start, end = due.columns().values()
    with transaction(session) as at:
        spans = spans_of_partitions(at)
        if spans is None:
            return ""
        require_partitions(at, [(start, end)])
        coming = _statements(at, _missing(spans, [(end, end + AHEAD)]))
    advice = f"; soon needed: {' '.join(coming)}" if coming else ""
    return f", partitions of attempts until {max(end for _, end in spans):%Y-%m-%d}{advice}"


def _missing(spans: Sequence[Interval], wanted: Iterable[Interval]) -> list[Interval]:
    """What months of the wanted spans lack, ascending; each is a month at most."""
    free = [gap for start, end in wanted for gap in gaps(spans, start, end)]
    return sorted({lack for gap in free for lack in _by_month(spans, *gap)})


def _by_month(spans: Sequence[Interval], start: datetime, end: datetime) -> Iterator[Interval]:
    month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month < end:
        next_month = (month + LONGEST_MONTH).replace(day=1)
        for lack_start, lack_end in gaps(spans, month, next_month):
            if lack_start < end and start < lack_end:
                yield lack_start, lack_end
        month = next_month


def _statements(at: cursor, missing: Sequence[Interval]) -> list[str]:
    starts, ends = [start for start, _ in missing], [end for _, end in missing]
    names = [f"attempts_{start:{'%Y_%m' if start.day == 1 else '%Y_%m_%d'}}" for start in starts]
    facts = {"names": names, "starts": starts, "ends": ends}
    at.execute(statement("layouts.partition_statements"), facts)
    return [text for (text,) in at.fetchall()]


def archived_days(at: cursor, zone: ZoneInfo) -> set[date]:
    """Days whose attempts are no longer in `attempts`, since their month was detached.

    Nothing can be counted anew for them, so their figures stay as they are, but for those of a
    student who is forgotten. They count an hour that no partition has.
    """
    spans = spans_of_partitions(at)
    if spans is None:
        return set()
    free = list(gaps(spans, *ALWAYS))
    at.execute("SELECT day, hour FROM etl_hours")
    hours = [(day, _moment(day, hour, zone)) for day, hour in at.fetchall()]
    return {
        day
        for day, moment in hours
        if any(start < moment + HOUR and moment < end for start, end in free)
    }


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, time(hour), tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Cluster:
    """How Citus keeps our tables. The statements that spread them are said and never run: they move
    data, and the cluster's owner chooses the hour.

    `columns`: by spread table, its column of distribution; None: a copy on each worker.
    """

    version: str
    workers: int
    columns: Mapping[str, str | None]

    def described(self, views: Sequence[str], *, is_complete: bool) -> str:
        """With the statements for what is missing, each a line, if all tables are there.

        `views` are ours: Citus would make them anew without their comments and rights.
        """
        column, workers = self.columns.get("attempts"), f"{self.workers} workers"
        if column and column != COLUMN:
            state = f"attempts is distributed by {column}: duplicates cannot be refused there"
            mend = _sql("redistribute", views)
            return f"Citus {self.version}, {state}. To mend that, run:\n{mend}"
        known = f"Citus {self.version}, attempts distributed by {column} over {workers}"
        if not column:
            known = f"Citus {self.version} with {workers} that hold nothing of ours"
        if self.columns.keys() >= {*SPREAD}:
            return known
        if not is_complete:
            return f"{known}; once all tables are there, --check says how to spread them"
        return f"{known}. To spread what is not, run:\n{self._spreading(views)}"

    def _spreading(self, views: Sequence[str]) -> str:
        """The statements that name no table, or one that is not spread."""
        named = [(line, TABLE.search(line)) for line in _sql("distribute", views).splitlines()]
        return "\n".join(line for line, table in named if not (table and table[1] in self.columns))


def _sql(name: str, views: Sequence[str]) -> str:
    return statement(f"layouts.{name}", views=", ".join(views)) + ";"


def read_cluster(at: cursor) -> Cluster | None:
    """The cluster that this database coordinates; None where there is no Citus."""
    at.execute("SELECT split_part(extversion, '-', 1) FROM pg_extension WHERE extname = 'citus'")
    versions = at.fetchall()
    if not versions:
        return None
    at.execute("SELECT count(*) FROM citus_get_active_worker_nodes()")
    ((workers,),) = at.fetchall()
    at.execute(statement("layouts.spread_tables"), {"tables": [*SPREAD]})
    return Cluster(versions[0][0], workers, dict(at.fetchall()))


def size_of_spread_attempts(at: cursor) -> int:
    """The workers' estimate of the number of attempts; the coordinator's own knows no rows."""
    at.execute(statement("layouts.size_of_spread_attempts"))
    return int(at.fetchall()[0][0])
