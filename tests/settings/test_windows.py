"""The days that a run loads, whatever clock, calendar and time zone do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from etl.models.window import Window, midnight

NAMES = (
    "UTC",
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Asia/Beirut",  # its summer begins at midnight
    "America/Sao_Paulo",  # did, until 2019
    "Australia/Lord_Howe",  # shifts by half an hour
    "Pacific/Kiritimati",
)
ZONES = st.sampled_from(NAMES).map(ZoneInfo)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
BERLIN, NEW_YORK, MOSCOW, BEIRUT = map(
    ZoneInfo, ("Europe/Berlin", "America/New_York", "Europe/Moscow", "Asia/Beirut")
)
UTC_ZONE = ZoneInfo("UTC")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def due(
    now: datetime, *, days: int = 3, watermark: datetime | None = None, zone: ZoneInfo = UTC_ZONE
) -> Window:
    return Window.due(now, days, watermark, zone)


@pytest.mark.parametrize(
    ("now", "zone", "told"),
    [
        (utc(2026, 3, 10), UTC_ZONE, "2026-03-07..2026-03-09"),
        (utc(2026, 3, 9, 23, 59, 59, 999_999), UTC_ZONE, "2026-03-06..2026-03-08"),
        (utc(2026, 3, 9, 21), MOSCOW, "2026-03-07..2026-03-09"),
        (utc(2026, 3, 9, 20, 59), MOSCOW, "2026-03-06..2026-03-08"),
        (utc(2028, 3, 1, 6), UTC_ZONE, "2028-02-27..2028-02-29"),
    ],
)
def test_h5_the_window_is_the_last_full_days_of_the_time_zone(
    now: datetime, zone: ZoneInfo, told: str
) -> None:
    assert str(due(now, zone=zone)) == told


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        (BERLIN, utc(2026, 3, 30, 6), 23),
        (BERLIN, utc(2026, 10, 26, 6), 25),
        (BEIRUT, utc(2026, 3, 30, 6), 23),
    ],
    ids=["Berlin spring", "Berlin autumn", "Beirut spring"],
)
def test_h5_a_day_on_which_the_clocks_change_is_whole(
    zone: ZoneInfo, now: datetime, hours: int
) -> None:
    window = due(now, days=1, zone=zone)
    assert window.length == timedelta(hours=hours)
    assert len(window.days()) == 1
    assert window.end == midnight(now.astimezone(zone).date(), zone)


@pytest.mark.parametrize(
    ("watermark", "first"),
    [
        (None, "2026-03-07"),
        (utc(2026, 2, 24), "2026-02-24"),
        (utc(2026, 3, 5, 14, 30), "2026-03-05"),
        (utc(2027, 1, 1), "2026-03-07"),
    ],
    ids=["none", "weeks", "within a day", "future"],
)
def test_h5_h6_the_window_is_stretched_back_to_what_is_loaded_and_never_shortened(
    watermark: datetime | None, first: str
) -> None:
    """In the future it is when the clock was set back."""
    assert str(due(utc(2026, 3, 10, 6), watermark=watermark)) == f"{first}..2026-03-09"
    in_moscow = due(utc(2026, 3, 10, 6), days=1, watermark=utc(2026, 3, 6, 21), zone=MOSCOW)
    assert str(in_moscow) == "2026-03-07..2026-03-09"


@given(day=DAYS, zone=ZONES)
@bounded(max_examples=100, deadline=None)
def test_h5_midnight_is_the_first_moment_of_its_day(day: date, zone: ZoneInfo) -> None:
    moment = midnight(day, zone)
    assert moment.tzinfo is UTC
    assert moment.astimezone(zone).date() == day
    just_before = (moment - timedelta(microseconds=1)).astimezone(zone)
    assert just_before.date() == day - timedelta(days=1)


@given(first=DAYS, count=st.integers(1, 40), zone=ZONES)
@bounded(max_examples=60, deadline=None)
def test_whole_days_come_back_as_they_were_asked_for(
    first: date, count: int, zone: ZoneInfo
) -> None:
    asked = [first + timedelta(days=n) for n in range(count)]
    window = Window.of_days(first, asked[-1], zone)
    assert window.days() == asked
    assert str(window) == f"{first}..{asked[-1]}"


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Of any hours, not only whole days."""
    start = datetime.combine(draw(DAYS), draw(st.times()).replace(tzinfo=None), tzinfo=UTC)
    length = draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=20)))
    return Window(start, start + length, draw(ZONES))


@given(
    window=windows(),
    longest=st.sampled_from([timedelta(days=n) for n in (1, 7)])
    | st.timedeltas(timedelta(hours=4), timedelta(days=9)),
)
@bounded(max_examples=100, deadline=None)
def test_head_and_after_cover_a_window_exactly_once(window: Window, longest: timedelta) -> None:
    covered_until, rest = window.start, window
    while rest is not None:  # a slice is never empty, so this ends
        head = rest.first_slice(longest)
        assert head.start == covered_until
        assert head.start < head.end <= window.end
        # The clocks' change may make a calendar day an hour longer.
        assert head.length <= longest + timedelta(hours=1)
        covered_until, rest = head.end, rest.after(head)
    assert covered_until == window.end


def test_the_journal_gets_naive_utc_and_a_window_of_hours_is_shown_in_utc() -> None:
    window = Window(utc(2026, 3, 7, 1), utc(2026, 3, 7, 2), MOSCOW)
    assert window.columns() == {
        "window_start": datetime(2026, 3, 7, 1),
        "window_end": datetime(2026, 3, 7, 2),
    }
    assert str(window) == "2026-03-07T01:00:00Z..2026-03-07T02:00:00Z"
