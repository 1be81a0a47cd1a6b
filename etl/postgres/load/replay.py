"""The quarantine's records into `attempts`, as far as they are valid by today's rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.records import Batch, Loaded, Quarantined
from etl.postgres.load.rows import Keep
from etl.postgres.load.slice import load_records
from etl.postgres.statements import statement
from etl.postgres.summaries import count_days, days_of


def replay(
    at: cursor,
    quarantined: Quarantined,
    batches: Iterable[Batch],
    keep: Keep,
    max_refused_share: float | None,
    zone: ZoneInfo,
) -> Loaded:
    """Resolves what is stored; the sheet owes the days that it touches.

    Conflicting and refused records are in the quarantine already.
    """
    (batch,) = batches
    loaded, left = load_records(at, quarantined.answer, [batch], keep, max_refused_share)
    accepted = [quarantined.ids[n] for n in batch.rows.index if n not in left]
    at.execute(statement("resolve_rejected"), {"ids": accepted})
    at.execute(statement("owe_report_of_incoming"))
    count_days(at, days_of(batch.rows.created_at, zone), zone)
    return replace(loaded, distinct={})  # which is for comparison with the grader's
