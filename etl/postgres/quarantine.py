"""Sets records aside in the quarantine, reads them for a replay, and deletes old ones."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec
from psycopg2.extensions import cursor

from etl.models.records import Answer, Quarantined, Rejected
from etl.models.window import Window
from etl.postgres.session import storable
from etl.postgres.statements import statement

log = logging.getLogger(__name__)

# A grader that goes wrong for weeks must not fill the disk. Records have 600 characters, and a run
# rejects some hundreds.
ROOM = {"record_characters": 16_000, "run_bytes": 64 << 20, "all_bytes": 512 << 20}
# Marks a record that is not as the grader sent it; `--replay-rejected` leaves it alone.
CHANGED = "***"


def keep(
    at: cursor,
    run_id: int,
    redact: Callable[[str], str],
    room: Mapping[str, int],
    rejected: Sequence[Rejected],
) -> int:
    """Returns how many records, not yet in the quarantine, were cut or had no room there."""
    if not rejected:
        return 0
    length = room["record_characters"]
    columns = {
        "reasons": [str(one.reason) for one in rejected],
        "records": [_cut(storable(at, one.record), length, redact) for one in rejected],
        "details": [one.detail for one in rejected],
    }
    at.execute(statement("quarantine.insert_rejected"), {"run_id": run_id, **columns, **room})
    return int(at.fetchall()[0][0])


def _cut(record: str, length: int, redact: Callable[[str], str]) -> str:
    """Returns the redacted record; of a long one the beginning, or nothing if it has a secret."""
    text = redact(record[: 2 * length])  # what is cut inside a secret is not kept
    if len(record) <= length:
        return text
    return CHANGED if CHANGED in text else text[:length] + CHANGED


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
