"""What happened lately, out of the journal; nothing is locked or written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.attempts import Counts
from etl.models.journal import JournalRow, Lately
from etl.models.window import Window
from etl.postgres.journal import progress, report_debt
from etl.postgres.loaded import days_between, loaded_spans
from etl.postgres.schema import NUMBERED, missing_tables
from etl.postgres.session import LOCK_KEY, connect, reading, transaction
from etl.postgres.statements import statement


def read_lately(parameters: Mapping[str, str | int], zone: ZoneInfo, runs: int) -> Lately:
    """Empty before the first run. Raises `LoadError`."""
    with reading(connect(parameters)) as session:
        missing = {*missing_tables(session)}
        if {*NUMBERED} & missing:
            return Lately()
        with transaction(session) as at:
            stands = progress(at)
            at.execute(statement("open_quarantine"))
            return Lately(
                quarantine=dict(at.fetchall()),
                loaded_until=stands.watermark and stands.watermark.astimezone(zone),
                unloaded=() if "etl_hours" in missing else days_between(loaded_spans(at, zone)),
                last_due_at=stands.last_due_at and stands.last_due_at.astimezone(zone),
                owed=report_debt(at, zone).days,
                runs=last_runs(at, zone, runs),
            )


def last_runs(at: cursor, zone: ZoneInfo, runs: int) -> list[JournalRow]:
    """Newest first."""
    at.execute(statement("last_runs"), {"key": LOCK_KEY, "runs": runs})
    return [_row(row, zone) for row in at.fetchall()]


def _row(row: Sequence[Any], zone: ZoneInfo) -> JournalRow:
    run_id, started_at, finished_at, status, command, version, *failure, start, end, counts = row
    failed_stage, error, for_programs = failure
    return JournalRow(
        run_id,
        started_at.astimezone(zone),
        finished_at and finished_at.astimezone(zone),
        status,
        command,
        version,
        failed_stage,
        error,
        for_programs and json.loads(for_programs),
        start and Window.of_columns(start, end, zone).outer_days,
        Counts(*counts),
    )
