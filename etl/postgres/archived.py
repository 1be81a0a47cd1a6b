"""Days whose attempts are no longer in `attempts`, since their month was detached.

Nothing can be counted anew for them, so their figures stay as they are, but for those of a
student who is forgotten.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.window import gaps
from etl.postgres.partitions import HOUR, spans_of_partitions


def archived_days(at: cursor, zone: ZoneInfo) -> set[date]:
    """Those that count an hour which no partition has; none if `attempts` has no partitions."""
    spans = spans_of_partitions(at)
    if spans is None:
        return set()
    at.execute("SELECT day, hour FROM etl_hours")
    hours = [(_moment(day, hour, zone), day) for day, hour in at.fetchall()]
    if not hours:
        return set()
    free = list(gaps(spans, min(hours)[0], max(hours)[0] + HOUR))
    return {
        day
        for moment, day in hours
        if any(start < moment + HOUR and moment < end for start, end in free)
    }


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, time(hour), tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)
