"""The views for analysis: made when missing, made anew when their SQL or the time zone changed.

They are a convenience: whatever keeps them from being made is one line in the log, and the run
goes on. Only what carries our mark in its comment is ever replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from hashlib import sha256
from zoneinfo import ZoneInfo

import psycopg2
from psycopg2.errors import InvalidTableDefinition
from psycopg2.extensions import connection

from etl.models.figures import FEW_SUBMITS
from etl.postgres.comments import BRIEFLY, comment_views, meanings
from etl.postgres.session import translated
from etl.postgres.statements import statement, subquery

log = logging.getLogger(__name__)

# Other views read it.
BASE = "student_tasks"
VIEWS = (
    "task_attempts",
    BASE,
    "daily_activity",
    "task_difficulty",
    "attempts_to_first_success",
    "first_try_success",
    "unsolved_tasks",
    "submissions_without_run",
    "hourly_activity",
    "weekly_retention",
    "stickiness",
)
MARK = "lms-etl view "


def definition(view: str, *, period: str = "") -> str:
    """The view's SELECT; that of `task_attempts` has a blank, `%(zone)s`.

    `period` narrows `student_tasks` to some days: "AND day ...".
    """
    text = subquery(f"views/{view}").replace("{period}", period)
    return text.replace("{few_submits}", str(FEW_SUBMITS))


def create_views(session: connection, zone: ZoneInfo) -> None:
    """Raises `LoadError` only when the connection is lost."""
    with translated():
        try:
            hindrance = _create_views(session, zone)
        except psycopg2.Error as error:
            if session.closed:
                raise
            # These statements touch no row, so the detail quotes none: it names what depends.
            texts = (error.diag.message_primary, error.diag.message_detail)
            hindrance = ": ".join(filter(None, texts))
    if hindrance:
        log.warning(
            "load: some views for analysis are missing or old (%s);"
            " what to do is at the end of docs/analysis.md",
            hindrance,
        )


def _create_views(session: connection, zone: ZoneInfo) -> str:
    """What kept some of them from being made."""
    with session, session.cursor() as at:
        at.execute(statement("views_stored"), {"names": [*VIEWS]})
        stored = at.fetchall()
    mark = _mark(zone)
    ours = [name for name, kind, comment, _ in stored if kind == "v" and MARK in str(comment)]
    current = [name for name, _, comment, _ in stored if name in ours and mark in comment]
    foreign = [name for name, kind, _, _ in stored if kind and name not in ours]
    wanted = [] if BASE in foreign else [name for name in VIEWS if name not in foreign]
    if not {*wanted} <= {*current}:
        if not all(may_create for *_, may_create in stored):
            return "the role needs GRANT CREATE ON SCHEMA"
        try:
            _replace(session, wanted, zone)
        except InvalidTableDefinition:  # a view cannot lose or rename columns
            _replace(session, wanted, zone, drop=ours)
    return f"{', '.join(foreign)} is not ours" if foreign else ""


def _replace(
    session: connection, views: Sequence[str], zone: ZoneInfo, drop: Sequence[str] = ()
) -> None:
    """All or nothing. What was granted on a view stays, unless it has to be dropped."""
    with session, session.cursor() as at:
        at.execute(BRIEFLY)
        at.execute("SELECT now() AT TIME ZONE %s", [zone.key])  # does the server know it?
        if drop:
            at.execute(f"DROP VIEW {', '.join(drop)}")  # names of VIEWS
        for view in views:
            at.execute(f"CREATE OR REPLACE VIEW {view} AS {definition(view)}", {"zone": zone.key})
        comment_views(at, views, _mark(zone))


def _mark(zone: ZoneInfo) -> str:
    """What changes with the zone and with any view's SQL or comments."""
    text = repr([zone.key, *((definition(view), meanings(f"views/{view}")) for view in VIEWS)])
    return MARK + sha256(text.encode()).hexdigest()[:16]
