"""Writes and reads the journal: runs, loaded slices, and days that the Google Sheet lacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl import __version__
from etl.models.figures import Journal, JournalRow, ReportDebt
from etl.models.records import Counts, Progress
from etl.models.window import Window, gaps
from etl.postgres.schema import NUMBERED, missing_tables
from etl.postgres.session import LOCK_KEY, connect, one_row, reading, storable
from etl.postgres.statements import statement


def start_run(at: cursor, started_at: datetime, command: str) -> int:
    at.execute(statement("journal.close_abandoned_runs"))
    row = {"started_at": started_at, "command": command, "version": __version__}
    return int(one_row(at, statement("journal.start_run"), row)[0])


def finish_run(at: cursor, run_id: int, entry: Mapping[str, object]) -> None:
    """Completes a run's row in `etl_runs`; `entry` has the values known at its end, by column."""
    texts = {
        "error": entry["error"] and storable(at, str(entry["error"])),
        "failure": entry["failure"] and json.dumps(entry["failure"]),
    }
    at.execute(statement("journal.finish_run"), {**entry, **texts, "run_id": run_id})


def record_slice(at: cursor, run_id: int, window: Window, counts: Counts) -> None:
    row = {"run_id": run_id, **window.columns(), **asdict(counts)}
    at.execute(statement("journal.insert_slice"), row)


def progress(at: cursor, run_id: int = 0) -> Progress:
    """Returns how far runs have loaded; `last_due_at` leaves out the current run, if given."""
    watermark, *moments = one_row(at, statement("journal.progress"), {"run_id": run_id})
    return Progress(watermark and watermark.replace(tzinfo=UTC), *moments)


def peek_progress(at: cursor) -> Progress:
    """Returns how far runs have loaded; if the journal has no tables yet, all values are None."""
    if {"etl_runs", "etl_slices"} & {*missing_tables(at)}:
        return Progress(None, None)
    return progress(at)


def report_debt(at: cursor, zone: ZoneInfo) -> ReportDebt:
    """Returns the loaded slices (windows of time) that the Google Sheet lacks, and their days."""
    at.execute("SELECT id, window_start, window_end FROM etl_slices WHERE reported_at IS NULL")
    slices = at.fetchall()
    days = days_touched(Window.of_columns(start, end, zone) for _, start, end in slices)
    return ReportDebt(tuple(slice_id for slice_id, *_ in slices), tuple(sorted(days)))


def mark_reported(at: cursor, debt: ReportDebt, moment: datetime) -> None:
    at.execute(
        "UPDATE etl_slices SET reported_at = %s WHERE id = ANY(%s)", [moment, [*debt.slice_ids]]
    )


def owe_reports(at: cursor, moments: Iterable[datetime]) -> None:
    """Marks the slices that contain `moments` (naive UTC) as not shown by the Google Sheet yet."""
    at.execute(statement("journal.owe_reports"), {"moments": [*moments]})


def read_journal(parameters: Mapping[str, str | int], zone: ZoneInfo, runs: int) -> Journal:
    """Connects by libpq's `parameters`; returns the journal, with moments in `zone`.

    It has the last `runs` runs, and is empty while tables are missing. Raises `LoadError` if the
    database cannot be reached or read.
    """
    with reading(connect(parameters)) as at:
        missing = {*missing_tables(at)}
        if {*NUMBERED} & missing:
            return Journal()
        stands = progress(at)
        at.execute(statement("journal.open_quarantine"))
        return Journal(
            quarantine=dict(at.fetchall()),
            loaded_until=stands.watermark and stands.watermark.astimezone(zone),
            unloaded=() if "etl_hours" in missing else days_between(loaded_spans(at, zone)),
            last_due_at=stands.last_due_at and stands.last_due_at.astimezone(zone),
            owed=report_debt(at, zone).days,
            runs=last_runs(at, zone, runs),
        )


def last_runs(at: cursor, zone: ZoneInfo, runs: int) -> list[JournalRow]:
    """Returns at most `runs` of the last runs, newest first, with moments local in `zone`."""
    at.execute(statement("journal.last_runs"), {"key": LOCK_KEY, "runs": runs})
    return [_row(row, zone) for row in at.fetchall()]


def _row(row: Sequence[Any], zone: ZoneInfo) -> JournalRow:
    run_id, started_at, finished_at, *as_it_is, start, end, counts = row
    values = [
        run_id,
        started_at.astimezone(zone),
        finished_at and finished_at.astimezone(zone),
        *as_it_is,
        start and Window.of_columns(start, end, zone).outer_days,
        Counts(*counts),
    ]
    return JournalRow(*values)


def loaded_spans(at: cursor, zone: ZoneInfo) -> list[Window]:
    """Returns the windows that runs have loaded (`etl_slices`), with days in `zone`, by start.

    If the database has attempts of earlier days, these are one window more.
    """
    at.execute("SELECT window_start, window_end FROM etl_slices ORDER BY window_start")
    slices = [Window.of_columns(start, end, zone) for start, end in at.fetchall()]
    first_slice = slices[0].outer_days[0] if slices else date.max
    earlier = "SELECT min(day), max(day) FROM etl_hours WHERE day < %s"
    first, last = one_row(at, earlier, [first_slice])
    return [Window.of_days(first, last, zone), *slices] if first else slices


def days_touched(spans: Iterable[Window]) -> set[date]:
    return {day for span in spans for day in span.days()}


def days_between(spans: Sequence[Window]) -> list[date]:
    """Returns the days that `spans` do not cover in full, from the first span to the last.

    `spans` must be ordered by start.
    """
    if not spans:
        return []
    whole = Window(spans[0].start, max(span.end for span in spans), spans[0].zone)
    return sorted(days_touched(_gaps(spans, whole)))


def covers(spans: Sequence[Window], window: Window) -> bool:
    """Returns whether `spans`, ordered by start, cover every moment of `window`."""
    return not any(_gaps(spans, window))


def _gaps(spans: Sequence[Window], window: Window) -> Iterator[Window]:
    free = gaps([(span.start, span.end) for span in spans], window.start, window.end)
    return (Window(start, end, window.zone) for start, end in free)
