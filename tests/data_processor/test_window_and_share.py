"""What is outside of the window asked for, and how many bad records are too many."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from etl.components.data_processor import DataProcessor
from etl.demo.campus import record
from etl.models.errors import ExitCode, Problem, Stage, TransformError
from etl.models.records import Answer, Reason
from etl.models.window import Window
from tests.data_processor.answers import process

DAY = Window.of_days(date(2026, 3, 7), date(2026, 3, 7), ZoneInfo("UTC"))
MOSCOW_DAY = Window.of_days(date(2026, 3, 7), date(2026, 3, 7), ZoneInfo("Europe/Moscow"))
INSTANT = Window(
    datetime(2026, 3, 7, 12, 0, 0, 500_000, tzinfo=UTC),
    datetime(2026, 3, 7, 12, 0, 0, 500_001, tzinfo=UTC),
    ZoneInfo("UTC"),
)

BOUNDS = {
    "last microsecond before": (DAY, "2026-03-06 23:59:59.999999", False),
    "start": (DAY, "2026-03-07 00:00:00", True),
    "last microsecond": (DAY, "2026-03-07 23:59:59.999999", True),
    "nanoseconds before the end": (DAY, "2026-03-07 23:59:59.999999999", True),
    "end": (DAY, "2026-03-08 00:00:00", False),
    "before, by its offset": (DAY, "2026-03-07 02:59:59+03:00", False),
    "start, by its offset": (DAY, "2026-03-07 03:00:00+03:00", True),
    "last, by its offset": (DAY, "2026-03-08 02:59:59.999999+03:00", True),
    "end, by its offset": (DAY, "2026-03-07 21:00:00-03:00", False),
    "a day of Moscow: before": (MOSCOW_DAY, "2026-03-06 20:59:59.999999", False),
    "a day of Moscow: start": (MOSCOW_DAY, "2026-03-06 21:00:00", True),
    "a day of Moscow: end": (MOSCOW_DAY, "2026-03-07 21:00:00", False),
    "an instant: before": (INSTANT, "2026-03-07 12:00:00.499999", False),
    "an instant": (INSTANT, "2026-03-07 12:00:00.500000", True),
    "an instant: end": (INSTANT, "2026-03-07 12:00:00.500001", False),
}


@pytest.mark.parametrize(("window", "created_at", "inside"), BOUNDS.values(), ids=BOUNDS)
def test_a13_the_window_is_half_open_to_the_microsecond(
    window: Window, created_at: str, inside: bool
) -> None:
    batch = process(record(created_at=created_at), window=window)
    assert (len(batch.rows), batch.out_of_window) == (int(inside), int(not inside))
    assert batch.rejected == []


def test_a13_records_outside_are_counted_among_others() -> None:
    days = ["2026-03-06", "2026-03-07", "2026-03-08", "2026-03-07", "2025-03-07"]
    batch = process(*(record(created_at=f"{day} 12:00:00") for day in days), window=DAY)
    assert (list(batch.rows.index), batch.out_of_window, batch.rejected) == ([1, 3], 3, [])


def test_a13_a_bad_record_outside_is_rejected_and_not_counted_twice() -> None:
    batch = process(record(created_at="2025-03-07 12:00:00", attempt_type="debug"), window=DAY)
    assert (batch.out_of_window, [r.reason for r in batch.rejected]) == (
        0,
        [Reason.ATTEMPT_TYPE_UNKNOWN],
    )


def refusal_of(*, bad: int, good: int, outside: int = 0, **options: float) -> TransformError | None:
    answer = Answer(DAY, [], bad + good + outside)
    return DataProcessor(**options).refusal(answer, Counter({Reason.NOT_AN_OBJECT: bad}))


@pytest.mark.parametrize(
    ("share", "bad", "good", "refused"),
    [
        (0.2, 0, 0, False),
        (0.2, 0, 10, False),
        (0.2, 1, 9, False),
        (0.2, 2, 8, False),
        (0.2, 3, 7, True),
        (0.2, 1, 0, True),
        (0.29, 29, 71, False),
        (0.29, 30, 70, True),
        (0.07, 7, 93, False),
        (0.0, 0, 0, False),
        (0.0, 0, 1, False),
        (0.0, 1, 999, True),
        (1.0, 1, 0, False),
    ],
)
def test_r9_a_slice_is_refused_when_more_than_the_share_is_bad(
    share: float, bad: int, good: int, refused: bool
) -> None:
    refusal = refusal_of(bad=bad, good=good, max_rejected_share=share)
    assert (refusal is not None) == refused


def test_r9_a_fifth_is_the_share_unless_shown_otherwise() -> None:
    assert refusal_of(bad=1, good=4) is None
    assert refusal_of(bad=2, good=7) is not None


def test_r9_the_share_is_one_of_all_that_was_received() -> None:
    assert refusal_of(bad=2, good=0, outside=8) is None


def test_r9_the_refusal_says_the_numbers_and_ends_with_the_code_of_transform() -> None:
    refusal = refusal_of(bad=2, good=1)
    assert isinstance(refusal, TransformError)
    assert (refusal.exit_code, refusal.stage) == (ExitCode.TRANSFORM, Stage.TRANSFORM)
    assert refusal.problem == Problem.TOO_MANY_REJECTED
    assert refusal.facts == {
        "rejected": 2,
        "received": 3,
        "percent": 200 / 3,
        "limit_percent": 20,
        "window": DAY,
        "reasons": {Reason.NOT_AN_OBJECT: 2},
    }
