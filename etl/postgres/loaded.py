"""Which days are loaded: without that, a day without attempts may be one that nobody asked for.

Spans are in order of their start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.window import Window, gaps


def loaded_spans(at: cursor, zone: ZoneInfo) -> list[Window]:
    """What the table had before the first slice, as far as its attempts go, and then the slices."""
    at.execute("SELECT window_start, window_end FROM etl_slices ORDER BY window_start")
    slices = [Window.of_columns(start, end, zone) for start, end in at.fetchall()]
    first_slice = slices[0].outer_days[0] if slices else date.max
    at.execute("SELECT min(day), max(day) FROM etl_hours WHERE day < %s", [first_slice])
    first, last = at.fetchall()[0]
    return [Window.of_days(first, last, zone), *slices] if first else slices


def days_touched(spans: Iterable[Window]) -> set[date]:
    return {day for span in spans for day in span.days()}


def days_between(spans: Sequence[Window]) -> list[date]:
    """Ascending: days that are touched by the ground between the spans."""
    if not spans:
        return []
    whole = Window(spans[0].start, max(span.end for span in spans), spans[0].zone)
    return sorted(days_touched(_gaps(spans, whole)))


def covers(spans: Sequence[Window], window: Window) -> bool:
    """Whether the spans leave no moment of the window out."""
    return not any(_gaps(spans, window))


def _gaps(spans: Sequence[Window], window: Window) -> Iterator[Window]:
    free = gaps([(span.start, span.end) for span in spans], window.start, window.end)
    return (Window(start, end, window.zone) for start, end in free)
