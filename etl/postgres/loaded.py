"""Which days are loaded: without that, a day without attempts may be one that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor

from etl.models.window import Window, midnight


def loaded_spans(at: cursor, zone: ZoneInfo) -> list[Window]:
    """In order of their start: what the table had before the first slice, and then the slices."""
    at.execute("SELECT window_start, window_end FROM etl_slices ORDER BY window_start")
    slices = [Window.of_columns(start, end, zone) for start, end in at.fetchall()]
    at.execute("SELECT min(day), max(day) FROM etl_hours")
    first, last = at.fetchall()[0]
    if first is None:
        return slices
    start = midnight(first, zone)
    end = slices[0].start if slices else midnight(last + timedelta(days=1), zone)
    return [Window(start, end, zone), *slices] if start < end else slices


def days_touched(spans: Iterable[Window]) -> set[date]:
    return {day for span in spans for day in span.days()}


def gaps(spans: Iterable[Window]) -> list[date]:
    """Days that are touched by the ground between the spans, which are in order of their start."""
    missing: dict[date, None] = {}
    until: datetime | None = None
    for span in spans:
        if until and span.start > until:
            missing.update(dict.fromkeys(Window(until, span.start, span.zone).days()))
        until = max(until or span.end, span.end)
    return list(missing)


def covers(spans: Sequence[Window], window: Window) -> bool:
    """Whether the spans, in order of their start, leave no moment of the window out."""
    until = window.start
    for span in spans:
        if span.start <= until:
            until = max(until, span.end)
    return until >= window.end
