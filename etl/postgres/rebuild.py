"""Counting the whole history anew: when asked for, and for what was not counted in this way."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, timedelta
from functools import cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection, cursor

from etl.models.errors import LoadError, Problem
from etl.models.window import Window, midnight
from etl.postgres.counting import DEFINITION
from etl.postgres.layouts import archived_days
from etl.postgres.session import transaction
from etl.postgres.statements import statement
from etl.postgres.summaries import DAYS_AT_ONCE, count_days, recount_days

log = logging.getLogger(__name__)

EARLIEST = date(1900, 1, 1)


def rebuild(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> str:
    """Counts all days anew, piece by piece, each in a transaction of its own.

    Readers see the old figures of a day or the new ones. What a killed rebuild has left, the next
    run does.
    """
    begin(session, zone)
    return resume(session, zone, show)


def begin(session: connection, zone: ZoneInfo) -> None:
    """From here on the summaries count as not whole."""
    with transaction(session) as at:
        at.execute(statement("begin_rebuild"), {**_definition(zone), "first_day": EARLIEST})


def bring_up_to_date(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> None:
    """Rebuilds what was never counted, or in another time zone, or by another definition."""
    with transaction(session) as at:
        is_current, is_whole = _state(at, zone)
    if not is_current:
        log.info("load: the summaries are counted out of attempts, days of %s", zone.key)
        log.info("load: %s", rebuild(session, zone, show))
    elif not is_whole:
        log.info("load: the summaries' rebuild goes on")
        log.info("load: %s", resume(session, zone, show))


def require_whole(at: cursor, zone: ZoneInfo) -> None:
    """Raises `LoadError` where the figures would not be those of `attempts`."""
    at.execute("SELECT to_regclass('etl_summaries') IS NOT NULL")
    if at.fetchone() != (True,) or _state(at, zone) != (True, True):
        raise LoadError(Problem.SUMMARIES_MISSING)


def resume(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> str:
    """What is left of a rebuild that has begun; returns what was done."""
    counted = 0
    while True:
        with transaction(session) as at:
            window = _next_days(at, zone)
            if window is None:
                at.execute("UPDATE etl_summaries SET rebuilt_from = NULL, rebuilt_at = now()")
                archived = len(archived_days(at, zone))
                left = f", {archived} archived ones left alone" if archived else ""
                return f"{counted} days counted{left}"
            days = window.days()
            counted += _recount(at, days, zone)
            at.execute("UPDATE etl_summaries SET rebuilt_from = %s", [days[-1] + timedelta(days=1)])
        show(f"counting the attempts of {window}")


def _recount(at: cursor, days: Sequence[date], zone: ZoneInfo) -> int:
    """How many days were written. True ones are only read: to write them anew would bloat.

    An earlier version's have no checksums, and are taken for untrue.
    """
    at.execute(
        "SELECT EXISTS (SELECT FROM etl_hours"
        " WHERE day BETWEEN %s AND %s AND checksum IS NOT NULL)",
        [days[0], days[-1]],
    )
    if at.fetchone() == (True,):
        return len(recount_days(at, days, zone))
    days = sorted({*days} - archived_days(at, zone))
    count_days(at, days, zone)
    return len(days)


def _next_days(at: cursor, zone: ZoneInfo) -> Window | None:
    """The next days of which `attempts` or the summaries have any."""
    at.execute("SELECT rebuilt_from FROM etl_summaries")
    ((start,),) = at.fetchall()
    since = {"day": start, "moment": midnight(start, zone).replace(tzinfo=None)}
    at.execute(statement("next_day_to_rebuild"), since)
    moment, counted_day = at.fetchall()[0]
    days = [counted_day] if counted_day else []
    if moment:
        days.append(moment.replace(tzinfo=UTC).astimezone(zone).date())
    if not days:
        return None
    first = min(days)
    return Window.of_days(first, first + timedelta(days=DAYS_AT_ONCE - 1), zone)


def _state(at: cursor, zone: ZoneInfo) -> tuple[bool, bool]:
    """Whether they are counted in this way at all, and whether that has come to its end."""
    at.execute("SELECT time_zone, definition, rebuilt_from FROM etl_summaries")
    rows = at.fetchall()
    if not rows:
        return False, False
    time_zone, definition, rebuilt_from = rows[0]
    asked = _definition(zone)
    is_current = (time_zone, definition) == (asked["time_zone"], asked["definition"])
    return is_current, rebuilt_from is None


@cache
def _definition(zone: ZoneInfo) -> dict[str, str]:
    # How texts are read stands in SQL, which may change without a thought of this number.
    texts = re.sub(r"--.*", "", statement("new_task_texts"))
    read = sha256(texts.encode()).hexdigest()[:12]
    return {"time_zone": zone.key, "definition": f"{DEFINITION}-{read}"}
