"""Decides which notices a run's letter has, from its settings, numbers and earlier runs.

All functions are pure. `Notices` has the facts of each notice, for the blanks of its sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import Any

from etl.models.figures import DailyFigures, Usual
from etl.models.notices import Notice, Publication, RunResult
from etl.models.records import Counts
from etl.models.window import Window, day_ranges
from etl.settings.reading import Settings
from etl.settings.sections import DatabaseSettings, SheetSettings

Notices = dict[Notice, dict[str, Any]]

# With fewer earlier days of the same weekday, what is usual is unknown.
DAYS_AT_LEAST = 3
REJECTED_AT_LEAST = 10
ROWS_SHOWN = 10
LATE_AT_MOST = timedelta(hours=3)


@dataclass(frozen=True)
class Difference:
    """A day on which the grader's distinct valid records and the stored rows differ in number."""

    day: date
    received: int
    stored: int


@dataclass(frozen=True)
class UnusualDay:
    """A day with less than half or more than twice `usual`, the median attempts of its weekday."""

    day: date
    attempts: int
    usual: float


def of_settings(settings: Settings) -> Notices:
    """Returns notices on an unset sheet or database, unusable recipients and ignored settings."""
    found: Notices = {}
    if settings.database is None and not any(map(DatabaseSettings.has, settings.problems)):
        found[Notice.EMBEDDED_DATABASE] = {}
    if settings.sheet is None and not any(map(SheetSettings.has, settings.problems)):
        found[Notice.SHEET_OFF] = {}
    if settings.mail and (unusable := settings.mail.unusable_recipients):
        found[Notice.UNUSABLE_RECIPIENTS] = {"addresses": unusable}
    if settings.ignored:
        found[Notice.IGNORED_SETTINGS] = {"settings": settings.ignored}
    return found


def compare(result: RunResult, usual: Usual, *, today: date) -> Notices:
    """Returns notices on stored numbers that differ from the grader's, and on unusual numbers.

    A run that received no valid record gets none. `today`, which is not over, is never unusual.
    """
    if not result.received_by_day:
        return {}
    whole_days = [day for day in result.figures if day.day < today]
    return {
        **_of_days(Notice.NOT_RECONCILED, differences(result.received_by_day, result.figures)),
        **_of_days(Notice.UNUSUAL_DAYS, unusual_days(whole_days, usual.attempts)),
        **more_rejected(result.counts, usual.rejected_share),
    }


def is_reconciled(result: RunResult) -> bool:
    """Returns whether each reported day was fetched, and grader, database and sheet agree on it."""
    return (
        bool(result.received_by_day)
        and all(day.day in result.received_by_day for day in result.figures)
        and not {Notice.NOT_RECONCILED, Notice.SHEET_DIFFERS} & set(result.notices)
    )


def inspect_sheet(publication: Publication) -> Notices:
    """Returns notices on faults of the sheet that were found when it was read back."""
    unreadable = [str(row) for row in publication.unreadable]
    rows = [*unreadable[:ROWS_SHOWN], "…"] if len(unreadable) > ROWS_SHOWN else unreadable
    return {
        **({Notice.UNREADABLE_DAYS: {"rows": rows}} if rows else {}),
        **_of_days(Notice.REPEATED_DAYS, publication.repeated),
        **_of_days(Notice.SHEET_DIFFERS, publication.differing),
        **({Notice.TASKS_DIFFER: {}} if publication.tasks_differ else {}),
    }


def never_loaded(window: Window, figures: Sequence[DailyFigures]) -> Notices:
    """Returns a notice on the days of `window` without `figures`, which no run has loaded."""
    days = sorted({*window.days()} - {one.day for one in figures})
    if not days:
        return {}
    unbroken = [Window.of_days(first, last, window.zone) for first, last in day_ranges(days)]
    return {Notice.NEVER_LOADED: {"days": unbroken, "first": f"{days[0]}", "last": f"{days[-1]}"}}


def missed_runs(
    window: Window, last_due_at: datetime | None, now: datetime, window_days: int
) -> Notices:
    """Returns a notice of runs missing since `last_due_at`, if `window` exceeds `window_days`."""
    if last_due_at is None or len(window.days()) <= window_days:
        return {}
    if not (runs := missing_runs(last_due_at, now, window_days)):
        return {}
    since = last_due_at.astimezone(now.tzinfo).date()
    return {Notice.MISSED_RUNS: {"runs": runs, "since": since}}


def missing_runs(last_due_at: datetime, now: datetime, window_days: int) -> int:
    """Returns how many scheduled runs have not begun since the last one, at `last_due_at`.

    They should begin at most `window_days` days apart. Today's does not count, nor does one that is
    up to 3 hours late.
    """
    days = (now.date() - last_due_at.astimezone(now.tzinfo).date()).days
    days = min(days, (now - last_due_at - LATE_AT_MOST) // timedelta(days=1) + 1)
    return max(0, (days - 1) // window_days)


def recovery(usual: Usual, zone: tzinfo | None) -> Notices:
    """Returns a notice if runs directly before this one failed: how many, since when in `zone`."""
    if usual.failed_since is None:
        return {}
    since = usual.failed_since.astimezone(zone)
    return {Notice.RECOVERED: {"runs": usual.failed_runs, "since": since}}


def differences(received: Mapping[date, int], figures: Sequence[DailyFigures]) -> list[Difference]:
    stored = {day.day: day.attempts for day in figures}
    return [
        Difference(day, count, stored[day])
        for day, count in sorted(received.items())
        if stored.get(day, count) != count
    ]


def unusual_days(
    figures: Sequence[DailyFigures], earlier: Mapping[date, Sequence[int]]
) -> list[UnusualDay]:
    """Returns unusual days; `earlier` has, by day, the attempts on that weekday in past weeks."""
    found = []
    for day in figures:
        counts = earlier.get(day.day, ())
        if len(counts) < DAYS_AT_LEAST:
            continue
        usual = median(counts)
        if not usual / 2 <= day.attempts <= usual * 2:
            found.append(UnusualDay(day.day, day.attempts, usual))
    return found


def more_rejected(counts: Counts, usual_share: float | None) -> Notices:
    """Returns a notice if at least 10 records, and over twice `usual_share` (0 to 1), are rejected.

    There is none while the usual share is unknown.
    """
    if usual_share is None or counts.rejected < REJECTED_AT_LEAST:
        return {}
    share = counts.rejected / counts.received
    if share <= 2 * usual_share:
        return {}
    numbers = {"rejected": counts.rejected, "received": counts.received}
    shares = {"percent": 100 * share, "usual_percent": 100 * usual_share}
    return {Notice.MORE_REJECTED: {**numbers, **shares}}


def _of_days(notice: Notice, days: Sequence[object]) -> Notices:
    return {notice: {"days": days}} if days else {}
