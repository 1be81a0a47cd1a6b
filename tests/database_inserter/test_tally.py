"""Attempts belong to the day that the clocks show, also where a midnight is skipped or repeated."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from etl.demo.campus import record
from etl.postgres.load.tally import Tally
from tests.database_inserter.batches import batch, days


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Beirut", date(2026, 3, 29)),
        ("America/Havana", date(2026, 3, 8)),
        ("America/Havana", date(2026, 11, 1)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("Europe/Moscow", date(2026, 3, 29)),
    ],
)
def test_h5_a_day_whose_midnight_is_odd_is_counted(zone: str, day: date) -> None:
    window = days(day - timedelta(days=1), day + timedelta(days=1), ZoneInfo(zone))
    moments = [window.start + timedelta(minutes=10) * n for n in range(6 * 71)]
    inside = [moment for moment in moments if moment < window.end]
    slice_ = batch(*(record(created_at=f"{moment:%F %T}") for moment in inside), window=window)
    tally = Tally(window)
    tally.add(slice_.batch, np.zeros(len(slice_.batch.rows), bool))
    expected = Counter(moment.astimezone(ZoneInfo(zone)).date() for moment in inside)
    assert tally.distinct == expected
