"""Forgets a student: deletes all that is stored of them, and keeps a digest of their id."""

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
# Returns the moment of each attempt, NULL if no summary counts it. The first condition is for the
# index, the second is exact: a collation of the table's owner may take two ids for the same.
DELETE_ATTEMPTS = """
DELETE FROM attempts
WHERE user_id = %(student)s AND user_id::text COLLATE "C" = %(student)s
RETURNING CASE WHEN created_at >= '1900-01-01' AND created_at < '9999-01-01'
               THEN created_at::timestamp END
"""
# Returns the ids that a record of the quarantine names.
Names = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Removed:
    """Counts of a forgotten student's deleted rows, and the days of their attempts in TIME_ZONE."""

    attempts: int
    days: tuple[date, ...]
    rejected: int


def read(at: cursor) -> Forgotten:
    at.execute("SELECT key, digest FROM etl_forgotten")
    rows = [(bytes(key), bytes(digest)) for key, digest in at.fetchall()]
    return Forgotten(rows[0][0], frozenset(digest for _, digest in rows)) if rows else NOBODY


def forget(at: cursor, student: str, names: Names, zone: ZoneInfo) -> Removed:
    """Deletes all that is stored of the student, and counts the days of their attempts anew.

    Works in the caller's transaction; the sheet owes these days. Raises `LoadError`.
    """
    _require_right(at)
    _remember(at, student)
    at.execute(DELETE_ATTEMPTS, {"student": student})
    attempts = [moment for (moment,) in at.fetchall()]
    # Also rows of months that were detached from attempts, which cannot be counted anew.
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
    """Raises `LoadError` without the right to delete attempts, which a run does not need."""
    at.execute(
        "SELECT format('GRANT DELETE ON attempts TO %I;', current_user)"
        " WHERE NOT has_table_privilege('attempts', 'DELETE')"
    )
    for (grant,) in at.fetchall():
        raise LoadError(Problem.DATABASE_RIGHT, said="DELETE ON attempts", details=grant)
