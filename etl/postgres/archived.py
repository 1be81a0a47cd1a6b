"""Days whose attempts are no longer in `attempts`, since their month was detached.

Nothing can be counted anew for them, so their figures stay as they are.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.postgres.partitions import HOUR, gaps, spans_of_partitions


def archived_days(
    at: cursor, zone: ZoneInfo, first: date = date.min, last: date = date.max
) -> set[date]:
    """Those that count an hour which no partition has; none if `attempts` has no partitions."""
    spans = spans_of_partitions(at)
    if spans is None:
        return set()
    free = list(gaps(spans, datetime.min, datetime.max))
    at.execute("SELECT day, hour FROM etl_hours WHERE day BETWEEN %s AND %s", [first, last])
    archived = set()
    for day, hour in at.fetchall():
        local = datetime.combine(day, time(hour), tzinfo=zone)
        moment = local.astimezone(UTC).replace(tzinfo=None)
        if any(start < moment + HOUR and moment < end for start, end in free):
            archived.add(day)
    return archived
