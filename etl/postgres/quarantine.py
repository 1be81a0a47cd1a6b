"""Sets records aside in the quarantine, reads them for a replay, and deletes old ones."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec
from psycopg2.extensions import cursor

from etl.models.records import Answer, Quarantined, Rejected
from etl.models.window import Window
from etl.postgres.session import storable
from etl.postgres.statements import statement

log = logging.getLogger(__name__)


def keep(
    at: cursor, run_id: int, redact: Callable[[str], str], rejected: Sequence[Rejected]
) -> None:
    if rejected:
        columns = {
            "reasons": [str(one.reason) for one in rejected],
            "records": [storable(at, redact(one.record)) for one in rejected],
            "details": [one.detail for one in rejected],
        }
        at.execute(statement("quarantine.insert_rejected"), {"run_id": run_id, **columns})


def quarantined(at: cursor) -> Quarantined:
    """Returns the records that no run has accepted yet, for a replay."""
    at.execute(statement("quarantine.quarantined"))
    rows = at.fetchall()
    records = [msgspec.Raw(record.encode("utf-8")) for _, record in rows]
    answer = Answer(Window.of_all_time(), [records], len(records))
    return Quarantined(tuple(row_id for row_id, _ in rows), answer)


def delete_old(at: cursor, days: int | None) -> int:
    """Deletes records kept longer than `days`; returns how many of them no run had accepted."""
    if days is None:
        return 0
    at.execute(statement("quarantine.delete_old_rejected"), {"days": days})
    deleted, waiting = at.fetchall()[0]
    if deleted:
        log.info("load: deleted from the quarantine after %d days: %d records", days, deleted)
    return int(waiting)
