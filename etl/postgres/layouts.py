"""Checks that partitions and a Citus cluster have what a run needs, and lists SQL to add it.

Sources: PostgreSQL's manual, 5.12; Citus, "Citus Tables and Views" and "Citus Utility Functions".
"""

from __future__ import annotations

import logging
import re
import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem
from etl.models.window import Interval, Window, gaps
from etl.postgres.session import one_row
from etl.postgres.statements import statement

log = logging.getLogger(__name__)

NO_PARTITION = "23514"  # without a name, which a CHECK constraint has
HOUR = timedelta(hours=1)
LONGEST_MONTH = timedelta(days=31)
AHEAD = timedelta(days=30)
ALWAYS = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 - as PostgreSQL has moments
# Rows of one student are on one worker: duplicates meet, and nothing is moved to be counted.
COLUMN = "user_id"
SPREAD = ("attempts", "etl_tasks", "etl_task_texts", "etl_student_task_days")
TABLE = re.compile(rf"\b({'|'.join(SPREAD)})\b")
# Citus looks each minute for what a crash has left prepared.
ROUNDS, PAUSE_SECONDS = 60, 2


def _partition_spans(at: cursor) -> list[Interval] | None:
    """Returns the spans of partitions of `attempts`, naive UTC; None unless it has such by time."""
    (spans,) = one_row(at, statement("layouts.partition_spans"))
    return None if spans is None else [(start, end) for start, end in spans]


def _require_partitions(at: cursor, wanted: Iterable[Interval]) -> None:
    """Raises `LoadError` if partitions are missing: no record is to blame, so the slice fails."""
    spans = _partition_spans(at)
    missing = [] if spans is None else _missing(spans, wanted)
    if missing:
        months = ", ".join(sorted({f"{start:%Y-%m}" for start, _ in missing}))
        sql = "\n".join(_statements(at, missing))
        raise LoadError(Problem.DATABASE_PARTITION, months=months, details=sql)


def require_partitions_of_incoming(at: cursor) -> None:
    at.execute("SELECT DISTINCT date_trunc('hour', created_at) FROM pg_temp.incoming")
    _require_partitions(at, [(hour, hour + HOUR) for (hour,) in at.fetchall()])


def describe_partitions(at: cursor, due: Window) -> str:
    """Returns in words until when `attempts` has partitions by time; "" for a table without any.

    If the 30 days after `due` lack partitions, the text ends with SQL to create them. Raises
    `LoadError` if days of `due` lack one.
    """
    start, end = due.columns().values()
    spans = _partition_spans(at)
    if spans is None:
        return ""
    _require_partitions(at, [(start, end)])
    coming = _statements(at, _missing(spans, [(end, end + AHEAD)]))
    advice = f"; soon needed: {' '.join(coming)}" if coming else ""
    return f", partitions of attempts until {max(end for _, end in spans):%Y-%m-%d}{advice}"


def _missing(spans: Sequence[Interval], wanted: Iterable[Interval]) -> list[Interval]:
    """Returns the spans of missing partitions, ascending; each is a month at most."""
    missing: set[Interval] = set()
    for start, end in wanted:
        month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while month < end:
            next_month = (month + LONGEST_MONTH).replace(day=1)
            of_month = gaps(spans, month, next_month)
            missing.update(gap for gap in of_month if gap[0] < end and start < gap[1])
            month = next_month
    return sorted(missing)


def _statements(at: cursor, missing: Sequence[Interval]) -> list[str]:
    starts, ends = [start for start, _ in missing], [end for _, end in missing]
    names = [f"attempts_{start:{'%Y_%m' if start.day == 1 else '%Y_%m_%d'}}" for start in starts]
    facts = {"names": names, "starts": starts, "ends": ends}
    at.execute(statement("layouts.partition_statements"), facts)
    return [text for (text,) in at.fetchall()]


def archived_days(at: cursor, zone: ZoneInfo) -> set[date]:
    """Returns the days in `zone` that have counted attempts in partitions that were detached.

    Such a day cannot be counted anew: its figures stay, except those of a forgotten student.
    """
    spans = _partition_spans(at)
    if spans is None:
        return set()
    free = list(gaps(spans, *ALWAYS))
    at.execute("SELECT day, hour FROM etl_hours")
    local = [datetime.combine(day, time(hour), zone) for day, hour in at.fetchall()]
    hours = [(one.date(), one.astimezone(UTC).replace(tzinfo=None)) for one in local]
    return {
        day
        for day, moment in hours
        if any(start < moment + HOUR and moment < end for start, end in free)
    }


@dataclass(frozen=True)
class Cluster:
    """A Citus cluster (PostgreSQL on several servers), and how it keeps the program's tables.

    SQL that spreads tables over workers is shown and never run: it moves data, and the owner says
    when. `columns`: by spread table, its distribution column; None: a copy on each worker.
    """

    version: str
    workers: int
    columns: Mapping[str, str | None]

    def described(self, views: Sequence[str], *, is_complete: bool) -> str:
        """Returns in words which tables are spread over workers.

        If all tables exist (`is_complete`), SQL to spread the rest follows. This drops `views` for
        the next run to make them: Citus would do so without their comments and rights.
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
        named = [(line, TABLE.search(line)) for line in _sql("distribute", views).splitlines()]
        sql = [line for line, table in named if not table or table[1] not in self.columns]
        return "\n".join([f"{known}. To spread what is not, run:", *sql])


def _sql(name: str, views: Sequence[str]) -> str:
    return statement(f"layouts.{name}", views=", ".join(views)) + ";"


def read_cluster(at: cursor) -> Cluster | None:
    """Returns the Citus cluster that this database coordinates; None without Citus.

    Waits first until its workers have committed what they prepared (`wait_for_commits`).
    """
    citus = one_row(at, "SELECT extversion FROM pg_extension WHERE extname = 'citus'")
    if citus is None:
        return None
    workers = wait_for_commits(at)
    at.execute(statement("layouts.spread_tables"), {"tables": [*SPREAD]})
    return Cluster(citus[0].partition("-")[0], workers, dict(at.fetchall()))


def wait_for_commits(at: cursor, sleep: Callable[[float], None] = clock.sleep) -> int:
    """Waits until Citus workers have committed what they prepared; returns the number of workers.

    After a crash between PREPARE and COMMIT PREPARED, committed rows are not seen, and counts are
    wrong. Returns 0 without Citus. Raises `LoadError` after two minutes, or if a worker is silent.
    """
    if one_row(at, "SELECT FROM pg_extension WHERE extname = 'citus'") is None:
        return 0
    for number in range(ROUNDS):
        at.execute(statement("layouts.prepared_on_workers"))
        answers = at.fetchall()
        if silent := [said for _, is_answer, said in answers if not is_answer]:
            raise LoadError(Problem.DATABASE_WORKER, said="; ".join(silent))
        prepared = {worker: names for worker, _, names in answers if names}
        if not prepared:
            return len(answers)
        if not number:
            log.info("load: waiting until Citus has committed what is prepared: %s", prepared)
        sleep(PAUSE_SECONDS)
    raise LoadError(Problem.DATABASE_UNSETTLED, workers=", ".join(prepared))
