"""A window is the time whose records a run asks for; it has days and is fetched in slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

# Two moments: the first included, the second not.
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Window:
    """A half-open interval of time `[start, end)` in aware UTC, cut into days in `zone`."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @classmethod
    def of_days(cls, first: date, last: date, zone: ZoneInfo) -> Window:
        """Returns the window of the whole days in `zone` from `first` to `last`, both included."""
        return cls(midnight(first, zone), midnight(last + timedelta(days=1), zone), zone)

    @classmethod
    def of_columns(cls, start: datetime, end: datetime, zone: ZoneInfo) -> Window:
        """Returns the window from the columns `window_start` and `window_end`, both naive UTC."""
        return cls(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), zone)

    @classmethod
    def of_all_time(cls) -> Window:
        """Returns a window that contains every moment a record may have."""
        return cls.of_days(date(2000, 1, 1), date(2099, 12, 31), ZoneInfo("UTC"))

    @classmethod
    def due(cls, now: datetime, days: int, watermark: datetime | None, zone: ZoneInfo) -> Window:
        """Returns the last `days` full days before `now`, and all since the day of `watermark`."""
        today = now.astimezone(zone).date()
        first = today - timedelta(days=days)
        if watermark:
            first = min(first, watermark.astimezone(zone).date())
        return cls.of_days(first, today - timedelta(days=1), zone)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def outer_days(self) -> tuple[date, date]:
        """The first and the last calendar day in `zone` that the window touches."""
        last_moment = self.end - timedelta(microseconds=1)
        return self.start.astimezone(self.zone).date(), last_moment.astimezone(self.zone).date()

    def days(self) -> list[date]:
        """Returns every day in `zone` that the window touches, ascending."""
        first, last = self.outer_days
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def first_slice(self, longest: timedelta) -> Window:
        """Returns the window's first part, at most `longest`.

        A part of a day or more ends at a midnight in `zone`, or with the window.
        """
        if longest.days:
            end = midnight(self.outer_days[0] + timedelta(days=longest.days), self.zone)
        else:
            end = self.start + longest
        return Window(self.start, min(end, self.end), self.zone)

    def before(self) -> Window:
        """Returns the window of equally many whole days directly before the days of this one."""
        days = self.days()
        first, length = days[0], timedelta(days=len(days))
        return Window.of_days(first - length, first - timedelta(days=1), self.zone)

    def after(self, done: Window) -> Window | None:
        """Returns the rest of this window from the end of `done` on; None if nothing is left."""
        return Window(done.end, self.end, self.zone) if done.end < self.end else None

    def columns(self) -> dict[str, datetime]:
        """Returns the SQL parameters `window_start` and `window_end`, both naive UTC."""
        return {
            "window_start": self.start.replace(tzinfo=None),
            "window_end": self.end.replace(tzinfo=None),
        }

    def first_and_last_day(self) -> dict[str, date]:
        """Returns the SQL parameters `first_day` and `last_day`: days in `zone`, both included."""
        first, last = self.outer_days
        return {"first_day": first, "last_day": last}

    def __str__(self) -> str:
        first, last = self.outer_days
        if self == Window.of_days(first, last, self.zone):
            return f"{first}..{last}"
        return f"{self.start:%Y-%m-%dT%H:%M:%SZ}..{self.end:%Y-%m-%dT%H:%M:%SZ}"


def day_ranges(days: Sequence[date]) -> list[tuple[date, date]]:
    """Returns the first and last day of each unbroken sequence in `days`, which must ascend."""
    breaks = [n for n, (one, next_) in enumerate(pairwise(days), 1) if (next_ - one).days > 1]
    edges = [0, *breaks, len(days)]
    return [(days[first], days[end - 1]) for first, end in pairwise(edges)] if days else []


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Returns the beginning of `day` in `zone` as UTC, also if DST skips or repeats midnight."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def gaps(known: Sequence[Interval], start: datetime, end: datetime) -> Iterator[Interval]:
    """Yields the intervals from `start` to `end` that `known`, ordered by start, does not cover."""
    for known_start, known_end in known:
        if start < min(known_start, end):
            yield start, min(known_start, end)
        start = max(start, known_end)
    if start < end:
        yield start, end
