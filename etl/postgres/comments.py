"""What tables, views and columns mean, as comments in the database: BI tools show them.

The source is the head of each SQL file: a sentence about the table or view, an empty line, then a
line `-- column: meaning` for each column. A test holds docs/analysis.md equal to it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import takewhile

import psycopg2
from psycopg2.extensions import connection, cursor

from etl.postgres.session import translated
from etl.postgres.statements import statement, subquery

log = logging.getLogger(__name__)

# What a column of this name means where its file says nothing else.
COLUMNS = {
    "user_id": "the student",
    "course": "the course, read out of lis_result_sourcedid",
    "task": "the task, unique within its course",
    "task_id": "the task: etl_tasks.id",
    "course_name": "the course's name in TASK_NAMES_FILE, else course",
    "task_name": "the task's name in TASK_NAMES_FILE, else task",
    "day": "a date in TIME_ZONE, which etl_summaries names",
    "attempts": "runs and submits",
    "runs": "code runs without a verdict",
    "submits": "submissions with a verdict",
    "correct": "submits with a positive verdict",
    "first_attempt_at": "the first run or submit, UTC",
    "last_attempt_at": "the last run or submit, UTC",
    "run_id": "the run: etl_runs.id",
    "window_start": "UTC, included",
    "window_end": "UTC, not included",
    "received": "records that the grader sent, without those of forgotten students:"
    " the sum of the next five",
    "inserted": "records that are new in attempts",
    "duplicates": "records that were stored before",
    "conflicting": "records of a stored student, type and moment with other content; set aside",
    "rejected": "records that broke a rule; set aside",
    "out_of_window": "records that were not asked for; not stored",
}
MARK = "lms-etl table "
# Whoever waits longer for a table or view holds up all that come after.
BRIEFLY = "SET LOCAL lock_timeout = '2s'"

# By column; that of the table or view itself under "".
Comments = Mapping[str, str | None]


@cache
def meanings(name: str) -> dict[str, str]:
    """By column; the table or view itself under "". `name` is that of an SQL file."""
    lines = takewhile(lambda line: line.startswith("--"), statement(name).splitlines())
    head = "\n".join(line[3:] for line in lines).replace("\n    ", " ")
    about, *others = head.split("\n\n")
    own = re.findall(r"^([a-z_]+): (.+)$", "\n".join(others), re.MULTILINE)
    # Only what the SQL names: a table that was there before us may have a `task` of its own.
    words = {*re.findall(r"\w+", subquery(name))}
    usual = {column: text for column, text in COLUMNS.items() if column in words}
    return {**usual, **dict(own), "": about.replace("\n", " ")}


def comment_tables(session: connection, tables: Sequence[str]) -> None:
    """Brings the comments up to date, except those that people wrote; what hinders it stops no run.

    Raises `LoadError` only when the connection is lost.
    """
    with translated():
        try:
            with session, session.cursor() as at:
                changes = {
                    table: changed(comments, meanings(f"tables/{table}"))
                    for table, comments in _stored(at, "TABLE", tables).items()
                }
                _write(at, "TABLE", changes)
        except psycopg2.Error as error:
            if session.closed:
                raise
            log.warning("load: tables' comments were not written: %s", error.diag.message_primary)


def comment_views(at: cursor, views: Sequence[str], mark: str) -> None:
    """Views are ours, and so are their comments; `mark` ends that of each view."""
    changes = {}
    for view, comments in _stored(at, "VIEW", views).items():
        meant = meanings(f"views/{view}")
        changes[view] = {column: meant[column] for column in comments if column in meant}
        changes[view][""] += f"\n{mark}"
    _write(at, "VIEW", changes)


def changed(comments: Comments, meant: Mapping[str, str]) -> dict[str, str]:
    """What to write: comments that are missing; all, where nobody has changed what we wrote.

    To know that, the table's own comment ends with a digest of all of them.
    """
    wanted = {column: meant[column] for column in comments if column in meant}
    about, _, mark = (comments[""] or "").rpartition("\n")
    present = {column: text for column in wanted if (text := comments[column])}
    are_ours = mark == _mark({**present, "": about})
    wanted[""] += f"\n{_mark(wanted)}"
    return {
        column: text
        for column, text in wanted.items()
        if comments[column] is None or (are_ours and comments[column] != text)
    }


def _stored(at: cursor, kind: str, names: Sequence[str]) -> Mapping[str, Comments]:
    """By table or view, the comments that this role may change."""
    at.execute(statement("comments_stored"), {"kind": kind, "names": [*names]})
    found: dict[str, dict[str, str | None]] = {}
    for name, column, comment in at.fetchall():
        found.setdefault(name, {})[column] = comment
    return found


def _write(at: cursor, kind: str, changes: Mapping[str, Mapping[str, str]]) -> None:
    """In one round trip. All names are those of our tables and views, and of their columns."""
    statements, texts = [BRIEFLY], []
    for name, comments in changes.items():
        for column, text in comments.items():
            what = f"COLUMN {name}.{column}" if column else f"{kind} {name}"
            statements.append(f"COMMENT ON {what} IS %s")
            texts.append(text)
    if texts:
        at.execute("; ".join(statements), texts)


def _mark(comments: Mapping[str, str]) -> str:
    return MARK + sha256(repr(sorted(comments.items())).encode()).hexdigest()[:16]
