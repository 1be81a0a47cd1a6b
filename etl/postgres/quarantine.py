"""Stores rejected records in the table `rejected_attempts` (quarantine), reads and deletes them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5

import msgspec
from psycopg2.extensions import cursor

from etl.models.records import Answer, Rejected
from etl.models.window import Window
from etl.postgres.session import one_row, storable
from etl.postgres.statements import statement

log = logging.getLogger(__name__)

# A grader that goes wrong for weeks must not fill the disk. Records have 600 characters, and a run
# rejects some hundreds.
ROOM = {"record_characters": 16_000, "run_bytes": 64 << 20, "all_bytes": 512 << 20}
# Marks a record that is not as the grader sent it; `--replay-rejected` leaves it alone.
CHANGED = "***"


@dataclass
class Keeper:
    """Stores rejected records in the quarantine, in one transaction; `redact` hides secrets.

    `room` has, by the keys of `ROOM`, the limits of a record, of a run's records, and of all.
    `bytes_left` is a run's room left (None at first); `not_kept` counts records cut or not stored.
    """

    at: cursor
    run_id: int
    redact: Callable[[str], str]
    room: Mapping[str, int]
    bytes_left: int | None = None
    not_kept: int = 0

    def keep(self, rejected: Sequence[Rejected]) -> None:
        if not rejected:
            return
        # Without room only digests are sent: to redact takes long, and a server may log statements.
        has_room = self.bytes_left is None or self.bytes_left > 0
        redact, length = self.redact if has_room else str, self.room["record_characters"]
        texts = [_cut(storable(self.at, one.record), length, redact) for one in rejected]
        facts = {
            **self.room,
            "run_id": self.run_id,
            "bytes_left": self.bytes_left,
            "reasons": [str(one.reason) for one in rejected],
            "records": [text if has_room else None for text in texts],
            "digests": [md5(text.encode(), usedforsecurity=False).hexdigest() for text in texts],
            "details": [one.detail for one in rejected],
        }
        query = statement("quarantine.insert_rejected")
        not_kept, self.bytes_left = one_row(self.at, query, facts)
        self.not_kept += not_kept


def _cut(record: str, length: int, redact: Callable[[str], str]) -> str:
    """Returns the redacted record; of a long one the beginning, or nothing if it has a secret."""
    text = redact(record[: 2 * length])  # what is cut inside a secret is not kept
    if len(record) <= length:
        return text
    return CHANGED if CHANGED in text else text[:length] + CHANGED


def quarantined(at: cursor) -> tuple[Answer, Sequence[int]]:
    """Returns quarantined records as an `Answer`, and their ids.

    Records that were loaded since, or kept with parts cut off or hidden, are left out.
    """
    at.execute(statement("quarantine.quarantined"))
    rows = at.fetchall()
    records = [msgspec.Raw(record.encode("utf-8")) for _, record in rows]
    answer = Answer(Window.of_all_time(), [records], len(records))
    return answer, [row_id for row_id, _ in rows]


def delete_old(at: cursor, days: int | None) -> int:
    """Deletes records older than `days` (None: none); returns how many were never loaded."""
    if days is None:
        return 0
    deleted, waiting = one_row(at, statement("quarantine.delete_old_rejected"), {"days": days})
    if deleted:
        log.info("load: deleted from the quarantine after %d days: %d records", days, deleted)
    return int(waiting)
