"""Forgetting a student: what is stored of them goes, and a digest of their id stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem
from etl.models.records import NOBODY, Forgotten
from etl.postgres.journal import owe_reports
from etl.postgres.layouts import archived_days
from etl.postgres.session import storable
from etl.postgres.statements import statement
from etl.postgres.summaries import count_days

# Two random UUIDs of the server: 244 random bits (PostgreSQL 9.14).
NEW_KEY = "SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
# Returns their moments, and NULL for those that no summary counts. The first condition finds them
# by the index; a collation of the table's owner may take other ids for the same one.
DELETE_ATTEMPTS = """
DELETE FROM attempts
WHERE user_id = %(student)s AND user_id::text COLLATE "C" = %(student)s
RETURNING CASE WHEN created_at >= '1900-01-01' AND created_at < '9999-01-01'
               THEN created_at::timestamp END
"""
# The ids that a record of the quarantine names.
Names = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Removed:
    """What was stored of a student, and on which days of TIME_ZONE."""

    attempts: int
    days: tuple[date, ...]
    rejected: int


def read(at: cursor) -> Forgotten:
    at.execute("SELECT key, digest FROM etl_forgotten")
    rows = [(bytes(key), bytes(digest)) for key, digest in at.fetchall()]
    return Forgotten(rows[0][0], frozenset(digest for _, digest in rows)) if rows else NOBODY


def forget(at: cursor, student: str, names: Names, zone: ZoneInfo) -> Removed:
    """Deletes what is stored of the student and counts their days anew.

    All in the caller's transaction; the sheet owes these days. Raises `LoadError`.
    """
    _require_right(at)
    _remember(at, student)
    at.execute(DELETE_ATTEMPTS, {"student": student})
    attempts = [moment for (moment,) in at.fetchall()]
    # Also of months that were detached from attempts, for which nothing is counted anew.
    at.execute(
        "DELETE FROM etl_student_task_days WHERE user_id = %s RETURNING first_attempt_at", [student]
    )
    moments = [moment for moment in attempts if moment] + [moment for (moment,) in at.fetchall()]
    days = {moment.replace(tzinfo=UTC).astimezone(zone).date() for moment in moments}
    count_days(at, sorted(days - archived_days(at, zone)), zone)
    owe_reports(at, moments)
    rejected = _delete_rejected(at, student, names)
    return Removed(len(attempts), tuple(sorted(days)), rejected)


def _delete_rejected(at: cursor, student: str, names: Names) -> int:
    at.execute(statement("quarantine.rejected_that_may_name"), {"student": storable(at, student)})
    ids = [row_id for row_id, record in at.fetchall() if student in names(record)]
    at.execute("DELETE FROM rejected_attempts WHERE id = ANY(%s)", [ids])
    return len(ids)


def _remember(at: cursor, student: str) -> None:
    forgotten = read(at)
    if not forgotten:
        at.execute(NEW_KEY)
        forgotten = Forgotten(bytes(at.fetchall()[0][0]))
    digest = forgotten.digest(student)
    if digest not in forgotten.digests:
        row = [digest, forgotten.key]
        at.execute("INSERT INTO etl_forgotten (digest, key) VALUES (%s, %s)", row)


def _require_right(at: cursor) -> None:
    """A run needs no right to delete attempts."""
    at.execute(
        "SELECT format('GRANT DELETE ON attempts TO %I;', current_user)"
        " WHERE NOT has_table_privilege('attempts', 'DELETE')"
    )
    for (grant,) in at.fetchall():
        raise LoadError(Problem.DATABASE_RIGHT, said="DELETE ON attempts", details=grant)
