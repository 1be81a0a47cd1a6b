"""What the program remembers between runs: runs, loaded slices, the days that the sheet owes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection, cursor

from etl import __version__
from etl.models.attempts import Counts, Progress
from etl.models.figures import ReportDebt
from etl.models.window import Window
from etl.postgres.schema import missing_tables
from etl.postgres.session import storable, transaction
from etl.postgres.statements import statement


def start_run(at: cursor, started_at: datetime, command: str) -> int:
    at.execute(statement("close_abandoned_runs"))
    row = {"started_at": started_at, "command": command, "version": __version__}
    at.execute(statement("start_run"), row)
    return int(at.fetchall()[0][0])


def finish_run(at: cursor, run_id: int, entry: Mapping[str, object]) -> None:
    """`entry` has the columns of `etl_runs` that are known in the end."""
    error = entry["error"] and storable(at, str(entry["error"]))
    failure = entry["failure"] and json.dumps(entry["failure"])
    at.execute(
        statement("finish_run"), {**entry, "error": error, "failure": failure, "run_id": run_id}
    )


def progress(at: cursor, run_id: int = 0) -> Progress:
    """`run_id` is this run's, if it has begun."""
    at.execute(statement("progress"), {"run_id": run_id})
    watermark, *moments = at.fetchall()[0]
    return Progress(watermark and watermark.replace(tzinfo=UTC), *moments)


def peek_progress(session: connection) -> Progress:
    """The same where the tables may be missing."""
    if {"etl_runs", "etl_slices"} & {*missing_tables(session)}:
        return Progress(None, None)
    with transaction(session) as at:
        return progress(at)


def record_slice(at: cursor, run_id: int, window: Window, counts: Counts) -> None:
    at.execute(
        statement("insert_slice"),
        {"run_id": run_id, **window.columns(), **asdict(counts)},
    )


def report_debt(at: cursor, zone: ZoneInfo) -> ReportDebt:
    """Slices that the sheet does not show yet."""
    at.execute("SELECT id, window_start, window_end FROM etl_slices WHERE reported_at IS NULL")
    slices = at.fetchall()
    windows = [Window.of_columns(start, end, zone) for _, start, end in slices]
    days = {day for window in windows for day in window.days()}
    return ReportDebt(tuple(slice_id for slice_id, *_ in slices), tuple(sorted(days)))


def mark_reported(at: cursor, slice_ids: Sequence[int], moment: datetime) -> None:
    at.execute(
        "UPDATE etl_slices SET reported_at = %s WHERE id = ANY(%s)", [moment, list(slice_ids)]
    )
