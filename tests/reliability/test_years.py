"""Years of a crontab with `*/3`: missed runs, failing stages, late records, DST changes.

The clock is injected, everything else is real. A failure prints the seed; run it again with
`YEARS_SEED=... python -m pytest tests/reliability/test_years.py`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl.demo.campus import record
from etl.main import main
from tests.conftest import Select, World
from tests.grader_faults import Status

# A year takes 20 seconds. Moscow's clocks are never set, so half of one will do there.
YEARS = int(os.environ.get("SIMULATED_YEARS", "1"))
FIRST, LAST = date(2026 - YEARS, 1, 1), date(2025, 12, 31)
FIRST_DAYS = {"America/New_York": FIRST, "Europe/Moscow": FIRST.replace(month=7)}
SEED = int(os.environ.get("YEARS_SEED", random.randrange(10**6)))


@dataclass
class University:
    """Makes a few attempts a day; some become visible only a day or two after they were made."""

    dice: random.Random
    first: date
    now: datetime = datetime(2023, 1, 1, tzinfo=UTC)
    served: dict[tuple[str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.attempts: list[tuple[datetime, datetime, dict[str, Any]]] = []
        moment = datetime.combine(self.first, time(), UTC) - timedelta(days=10)
        while moment.date() <= LAST:
            moment += timedelta(minutes=self.dice.randrange(1, 600), microseconds=1)
            late = self.dice.random() < 0.05
            visible = moment + timedelta(hours=self.dice.randrange(1, 60) if late else 0)
            student = f"{self.dice.randrange(40):032x}"
            made = record(
                lti_user_id=student,
                is_correct=self.dice.randrange(2),
                created_at=str(moment.replace(tzinfo=None)),
            )
            self.attempts.append((moment, visible, made))

    def answer(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        answer = [
            made
            for moment, visible, made in self.attempts
            if start <= moment < end and visible <= self.now
        ]
        for made in answer:
            self.served[made["lti_user_id"], made["created_at"]] = made["is_correct"] == 1
        return answer


def crontab(first: date) -> Iterator[date]:
    """`*/3` in the day of the month: the 1st, 4th, ... 31st, and anew each month."""
    for number in range((LAST - first).days + 1):
        day = first + timedelta(days=number)
        if (day.day - 1) % 3 == 0:
            yield day


def break_something(world: World, dice: random.Random) -> tuple[dict[str, str], int]:
    """What goes wrong in a run, if anything: changed settings and the exit code to come."""
    mend_everything(world)
    match dice.choices(("nothing", "grader", "database", "sheet", "mail"), (80, 5, 5, 5, 5))[0]:
        case "grader":
            world.grader.always(Status(403))
            return {}, 3
        case "database":
            return {"DB_NAME": "nowhere"}, 5
        case "sheet":
            world.google.share = "viewer"
            return {}, 6
        case "mail":
            world.mail.refuse_login("535 5.7.8 Error: authentication failed")
            return {}, 7
        case _:
            return {}, 0


def mend_everything(world: World) -> None:
    world.grader.always(None)
    world.google.share = "editor"
    world.mail.behave()


@pytest.mark.parametrize(("zone", "first"), FIRST_DAYS.items())
def test_d7_h5_h6_years_lose_nothing_and_double_nothing(
    zone: str, first: date, database_settings: dict[str, str], select: Select, tmp_path: Path
) -> None:
    print(f"YEARS_SEED={SEED}")
    dice = random.Random(f"{SEED} {zone}")
    university = University(dice, first)
    runs = 0
    with World(tmp_path, attempts=university.answer) as world:
        settings = {**world.environ, **database_settings, "TIME_ZONE": zone}

        def run_at(day: date, changes: dict[str, str]) -> int:
            university.now = datetime.combine(day, time(4, 30), ZoneInfo(zone)).astimezone(UTC)
            environ = {**settings, **changes}
            return main([], environ=environ, now=lambda: university.now, root=tmp_path)

        for day in crontab(first):
            if dice.random() < 0.1:
                continue  # the host was off
            changes, code = break_something(world, dice)
            assert run_at(day, changes) == code
            runs += 1
        mend_everything(world)
        assert run_at(LAST + timedelta(days=1), {}) == 0
        runs += 1
        letters = len(world.mail.letters)
        rows = world.google.spreadsheet.tabs[0].rows()[1:]

    stored = {
        (user, str(moment)): correct
        for user, moment, correct in select("SELECT user_id, created_at, is_correct FROM attempts")
    }
    assert stored == university.served
    first_day = min(moment for moment in (row[0] for row in rows))
    on_time = {
        (made["lti_user_id"], made["created_at"])
        for moment, visible, made in university.attempts
        if moment == visible
        and moment.astimezone(ZoneInfo(zone)).date() >= first_day
        and moment.astimezone(ZoneInfo(zone)).date() <= LAST
    }
    assert on_time <= set(stored)
    assert letters == runs
    days = [first_day + timedelta(days=n) for n in range((LAST - first_day).days + 1)]
    assert [row[0] for row in rows] == days
    assert {row[0]: row[1] for row in rows} == count_by_day(stored, days, ZoneInfo(zone))


def count_by_day(
    stored: dict[tuple[str, str], bool], days: list[date], zone: ZoneInfo
) -> dict[date, int]:
    counts = dict.fromkeys(days, 0)
    for _, moment in stored:
        counts[datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(zone).date()] += 1
    return counts
