"""The figures of a day, against the same figures worked out in plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import Campus, record
from etl.models.figures import DailyFigures
from etl.models.window import Window
from etl.postgres.figures import daily_figures, loaded_daily_figures, totals_beside_earlier
from tests.database_inserter.batches import UTC_ZONE, batch, days, insert, opened, within
from tests.database_inserter.conftest import Build

NEW_YORK, MOSCOW = ZoneInfo("America/New_York"), ZoneInfo("Europe/Moscow")
Good = dict[tuple[str, str, datetime], Any]

FOUR_DAYS = [date(2026, 3, 5) + timedelta(days=n) for n in range(4)]


def good_attempts(attempts: list[Any]) -> Good:
    """By key, the first of each; by rules of its own, written down without the program's."""
    first: Good = {}
    for attempt in attempts:
        try:
            moment = datetime.fromisoformat(attempt["created_at"])
            key = (attempt["lti_user_id"], attempt["attempt_type"], moment)
            verdicts = {"run": (None,), "submit": (0, 1)}[key[1]]
        except (KeyError, TypeError, ValueError):
            continue
        is_user = len(key[0]) == 32 and key[0].isalnum()
        if is_user and attempt["is_correct"] in verdicts and attempt["passback_params"][0] == "{":
            first.setdefault(key, attempt)
    return first


def figures_of(day: date, good: Good, zone: ZoneInfo) -> DailyFigures:
    kept = {
        key: attempt
        for key, attempt in good.items()
        if key[2].replace(tzinfo=UTC).astimezone(zone).date() == day
    }
    types = [attempt["attempt_type"] for attempt in kept.values()]
    users = {user for user, _, _ in kept}
    correct = sum(attempt["is_correct"] == 1 for attempt in kept.values())
    return DailyFigures(
        len(kept), len(users), correct, types.count("run"), types.count("submit"), day
    )


@pytest.mark.parametrize("zone", [ZoneInfo("UTC"), MOSCOW, NEW_YORK], ids=str)
def test_the_campus_is_counted_as_plain_python_counts_it(build: Build, zone: ZoneInfo) -> None:
    """The days hold the night in which New York's clocks go forward."""
    inserter = opened(build(zone=zone))
    window = Window.of_days(FOUR_DAYS[0], FOUR_DAYS[-1], zone)
    attempts = Campus().attempts(window.start, window.end)
    insert(inserter, batch(*attempts, window=window))
    figures = within(inserter, daily_figures, FOUR_DAYS)
    good = good_attempts(attempts)
    assert figures == [figures_of(day, good, zone) for day in FOUR_DAYS]
    assert all(
        day.correct and day.users < day.attempts == day.runs + day.submits for day in figures
    )
    for day in figures:
        assert day.success_percent == pytest.approx(100 * day.correct / day.submits, abs=0.005)


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        (MOSCOW, date(2026, 3, 8), "2026-03-07 21:00:00", "2026-03-08 21:00:00"),
        (NEW_YORK, date(2026, 3, 8), "2026-03-08 05:00:00", "2026-03-09 04:00:00"),
        (NEW_YORK, date(2025, 11, 2), "2025-11-02 04:00:00", "2025-11-03 05:00:00"),
    ],
    ids=["Moscow", "23 hours", "25 hours"],
)
def test_h5_a_day_begins_and_ends_at_its_midnights(
    build: Build, zone: ZoneInfo, day: date, start: str, end: str
) -> None:
    inserter = opened(build(zone=zone))
    edges = [datetime.fromisoformat(edge) for edge in (start, end)]
    moment = timedelta(microseconds=1)
    inside = [edges[0], edges[1] - moment]
    around = [edges[0] - moment, edges[1]]
    records = [record(created_at=str(edge)) for edge in inside + around]
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    insert(inserter, batch(*records, window=days(before, after, zone)))
    figures = within(inserter, daily_figures, [before, day, after])
    assert [(one.day, one.attempts) for one in figures] == [(before, 1), (day, 2), (after, 1)]


def test_days_without_attempts_are_zeros_and_all_days_ascend(
    inserter: DatabaseInserter,
) -> None:
    insert(inserter, batch(record(), window=days(date(2023, 5, 30), date(2023, 5, 31))))
    asked = [date(2023, 6, 1), date(2023, 5, 31), date(2023, 5, 30), date(1999, 1, 1)]
    never, nobody, one, later = (
        DailyFigures(0, 0, 0, 0, 0, date(1999, 1, 1)),
        DailyFigures(0, 0, 0, 0, 0, date(2023, 5, 30)),
        DailyFigures(1, 1, 1, 0, 1, date(2023, 5, 31)),
        DailyFigures(0, 0, 0, 0, 0, date(2023, 6, 1)),
    )
    assert within(inserter, daily_figures, asked) == [never, nobody, one, later]
    assert within(inserter, loaded_daily_figures, asked, UTC_ZONE) == [nobody, one]
    assert within(inserter, daily_figures, []) == []
    assert within(inserter, totals_beside_earlier, days(date(1999, 1, 1))) == (None, None)
