"""What a run's numbers say when they are compared: with each other, and with what was usual.

Pure. A finding never stops a run: it is told, with its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from etl.models.attempts import Counts
from etl.models.figures import DailyFigures

# Fewer earlier days of the same weekday say nothing about what is usual.
DAYS_AT_LEAST = 3
REJECTED_AT_LEAST = 10


@dataclass(frozen=True)
class Difference:
    """A day on which the grader's distinct valid records are not the table's rows."""

    day: date
    received: int
    stored: int


@dataclass(frozen=True)
class UnusualDay:
    """A day with under half or over twice the attempts that are usual on its weekday."""

    day: date
    attempts: int
    usual: float


def differences(received: Mapping[date, int], figures: Sequence[DailyFigures]) -> list[Difference]:
    """Days of `received`, distinct valid records by day, that the table has otherwise."""
    stored = {day.day: day.attempts for day in figures}
    return [
        Difference(day, count, stored[day])
        for day, count in sorted(received.items())
        if stored[day] != count
    ]


def unusual_days(
    figures: Sequence[DailyFigures], earlier: Mapping[date, Sequence[int]]
) -> list[UnusualDay]:
    """`earlier` has, for a day, the attempts of the same weekday in the weeks before it."""
    found = []
    for day in figures:
        counts = earlier.get(day.day, ())
        if len(counts) < DAYS_AT_LEAST:
            continue
        usual = median(counts)
        if not usual / 2 <= day.attempts <= usual * 2:
            found.append(UnusualDay(day.day, day.attempts, usual))
    return found


def rejects_rose(counts: Counts, usual_share: float | None) -> bool:
    """Whether over twice the usual share was rejected, and more than a handful."""
    if usual_share is None or counts.rejected < REJECTED_AT_LEAST:
        return False
    return counts.rejected > 2 * usual_share * counts.received
