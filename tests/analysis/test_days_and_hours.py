"""Views over time, against the same campus counted in plain Python."""

from __future__ import annotations

from datetime import date, timedelta

from etl.components.database_inserter import DatabaseInserter
from tests.analysis.campus import ATTEMPTS, Attempt, share
from tests.analysis.conftest import View

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 31)
# A zone where Monday, 9 March 2026, begins at 1:00, as days do in Cairo, Beirut and Santiago.
NO_MIDNIGHT = "SET TIME ZONE 'AAA0BBB,M3.2.1/0,M10.1.1'"
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def users(attempts: list[Attempt]) -> set[str]:
    return {one.user for one in attempts}


def kinds(attempts: list[Attempt]) -> dict[str, int]:
    runs = sum(one.verdict is None for one in attempts)
    return {
        "attempts": len(attempts),
        "users": len(users(attempts)),
        "runs": runs,
        "submits": len(attempts) - runs,
    }


def test_daily_activity_is_what_python_counts(campus: DatabaseInserter, view: View) -> None:
    expected = []
    for day in DAYS:
        counted = kinds(of_day := [one for one in ATTEMPTS if one.day == day])
        correct = sum(one.verdict is True for one in of_day)
        percent = share(correct, counted["submits"]) or 0
        expected.append({"day": day, **counted, "correct": correct, "success_percent": percent})
    assert view("SELECT * FROM daily_activity") == expected


def test_days_are_the_same_where_the_readers_clock_skips_a_midnight(
    campus: DatabaseInserter, view: View
) -> None:
    for name in ("daily_activity", "stickiness", "weekly_retention"):
        assert view(f"{NO_MIDNIGHT}; SELECT * FROM {name}") == view(f"SELECT * FROM {name}")


def test_hourly_activity_is_what_python_counts(campus: DatabaseInserter, view: View) -> None:
    expected = []
    for weekday in range(1, 8):
        for hour in range(24):
            of_hour = [
                one
                for one in ATTEMPTS
                if (one.local.isoweekday(), one.local.hour) == (weekday, hour)
            ]
            expected.append({"weekday": weekday, "hour": hour, **kinds(of_hour)})
    assert view("SELECT * FROM hourly_activity") == expected


def test_weekly_retention_is_what_python_counts(campus: DatabaseInserter, view: View) -> None:
    mondays: dict[str, set[date]] = {}
    for one in ATTEMPTS:
        monday = one.day - timedelta(days=one.day.weekday())
        mondays.setdefault(one.user, set()).add(monday)
    last = max(max(weeks) for weeks in mondays.values())
    expected = []
    for cohort in sorted({min(weeks) for weeks in mondays.values()}):
        members = [weeks for weeks in mondays.values() if min(weeks) == cohort]
        for number in range((last - cohort).days // 7 + 1):
            week = cohort + timedelta(weeks=number)
            students = sum(week in weeks for weeks in members)
            expected.append(
                {
                    "cohort": cohort,
                    "cohort_students": len(members),
                    "week_number": number,
                    "week": week,
                    "students": students,
                    "retention_percent": share(students, len(members)),
                }
            )
    assert view("SELECT * FROM weekly_retention") == expected
    assert len(expected) > 5


def test_stickiness_is_what_python_counts(campus: DatabaseInserter, view: View) -> None:
    expected = []
    for day in DAYS:
        dau = len(users([one for one in ATTEMPTS if one.day == day]))
        before = day - timedelta(days=28)
        mau = len(users([one for one in ATTEMPTS if before < one.day <= day]))
        expected.append({"day": day, "dau": dau, "mau": mau, "dau_mau_percent": share(dau, mau)})
    assert view("SELECT * FROM stickiness") == expected
    assert expected[-1]["mau"] < expected[-5]["mau"]  # somebody has been away for 28 days
