"""Forgets a student: deletes their data, and keeps a digest by which their id is recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem
from etl.models.records import NOBODY, Forgotten
from etl.postgres.journal import owe_reports
from etl.postgres.layouts import archived_days
from etl.postgres.session import one_row
from etl.postgres.statements import statement
from etl.postgres.summaries import count_days

# Two random UUIDs of the server: 244 random bits (PostgreSQL 9.14).
NEW_KEY = "SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
# An id that is shorter is found only as it is: with other capitals it may be somebody else's.
LONG_ID = 16
# Returns the ids that a record of the quarantine names.
Names = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Removed:
    """Counts of a student's deleted attempts and quarantined records, and days of the attempts."""

    attempts: int
    days: tuple[date, ...]
    rejected: int


def read(at: cursor) -> Forgotten:
    at.execute("SELECT key, digest FROM etl_forgotten")
    rows = [(bytes(key), bytes(digest)) for key, digest in at.fetchall()]
    return Forgotten(rows[0][0], frozenset(digest for _, digest in rows)) if rows else NOBODY


def forget(at: cursor, student: str, names: Names, zone: ZoneInfo) -> Removed:
    """Deletes all data of `student` except a digest of the id; recounts the days of the attempts.

    `names` finds ids in a quarantined record. The caller commits. Raises `LoadError` if this role
    may not delete attempts, or a policy, rule or trigger keeps some.
    """
    _require_right(at)
    _remember(at, student)
    at.execute(statement("forgotten.delete_attempts"), {"student": student})
    attempts = [moment for (moment,) in at.fetchall()]
    if one_row(at, statement("forgotten.attempts_left"), {"student": student}) != (0,):
        kept = "DELETE ON attempts: a policy, rule or trigger keeps rows"
        raise LoadError(Problem.DATABASE_RIGHT, said=kept)
    # Also rows of months that were detached from attempts, which cannot be counted anew.
    of_student = "DELETE FROM etl_student_task_days WHERE user_id = %s"
    at.execute(f"{of_student} RETURNING first_attempt_at, task_id", [student])
    counted = at.fetchall()
    moments = [moment for moment in attempts if moment] + [moment for moment, _ in counted]
    days = {moment.replace(tzinfo=UTC).astimezone(zone).date() for moment in moments}
    count_days(at, sorted(days - archived_days(at, zone)), zone)
    _delete_unused_texts(at, sorted({task_id for _, task_id in counted}))
    owe_reports(at, moments)
    rejected = _delete_rejected(at, student, names)
    return Removed(len(attempts), tuple(sorted(days)), rejected)


def _delete_unused_texts(at: cursor, task_ids: Sequence[int]) -> None:
    """Deletes texts of tasks that no attempt has now: their end may be another id of a student."""
    at.execute("SELECT text FROM etl_task_texts WHERE task_id = ANY(%s)", [task_ids])
    texts = {text for (text,) in at.fetchall()}
    at.execute(statement("forgotten.used_task_texts"), {"task_ids": task_ids})
    unused = texts.difference(text for (text,) in at.fetchall())
    at.execute("DELETE FROM etl_task_texts WHERE text = ANY(%s)", [[*unused]])


def _delete_rejected(at: cursor, student: str, names: Names) -> int:
    """Deletes the records that name the student, in whatever spelling."""
    spelled = str.lower if len(student) >= LONG_ID else str
    with at.connection.cursor("quarantine") as rows:
        rows.itersize = 100  # a record may be large
        rows.execute("SELECT id, record FROM rejected_attempts")
        named = ((row_id, map(spelled, names(record))) for row_id, record in rows)
        ids = [row_id for row_id, students in named if spelled(student) in students]
    at.execute("DELETE FROM rejected_attempts WHERE id = ANY(%s)", [ids])
    return len(ids)


def _remember(at: cursor, student: str) -> None:
    forgotten = read(at) or Forgotten(bytes(one_row(at, NEW_KEY)[0]))
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
