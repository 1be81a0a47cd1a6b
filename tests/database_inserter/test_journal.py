"""The journal: runs and slices, what the sheet owes, and how far loading came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.figures import ReportDebt
from etl.postgres.journal import mark_reported, report_debt
from tests.database_inserter.batches import (
    DAY,
    STARTED,
    UTC_ZONE,
    batch,
    days,
    entry,
    insert,
    opened,
    within,
)
from tests.database_inserter.conftest import Build, Execute

STATUS = "SELECT status FROM etl_runs ORDER BY id"


def test_a_run_is_running_from_its_first_moment(
    inserter: DatabaseInserter, select: Execute
) -> None:
    assert select("SELECT started_at, finished_at, status, received FROM etl_runs") == [
        (STARTED, None, "running", 0)
    ]


def test_the_end_of_a_run_fills_its_row(inserter: DatabaseInserter, select: Execute) -> None:
    end = entry(
        status="partial",
        failed_stage="extract",
        **days(DAY).columns(),
        received=15,
        inserted=1,
        duplicates=2,
        conflicting=3,
        rejected=4,
        out_of_window=5,
        error="the grader's ответ",
    )
    inserter.close(end)
    columns = ", ".join(end)
    assert select(f"SELECT {columns} FROM etl_runs") == [tuple(end.values())]


def test_closing_twice_is_closing_once(inserter: DatabaseInserter, select: Execute) -> None:
    inserter.close(entry(status="failed"))
    inserter.close(entry(status="succeeded"))
    assert select(STATUS) == [("failed",)]


def test_d7_runs_that_ended_without_a_word_are_closed_by_the_next(
    inserter: DatabaseInserter, build: Build, select: Execute, kill_runs: Callable[[], object]
) -> None:
    insert(inserter, batch(record()))
    kill_runs()
    opened(build())
    kill_runs()
    opened(build())
    assert select("SELECT status, error IS NULL, finished_at FROM etl_runs ORDER BY id") == [
        ("partial", False, None),
        ("failed", False, None),
        ("running", True, None),
    ]


def test_a_slice_is_noted_with_its_window_and_counts(
    inserter: DatabaseInserter, select: Execute
) -> None:
    start, end = datetime(2023, 5, 31), datetime(2023, 6, 1)
    outside = record(created_at=str(end))
    insert(inserter, batch(record(), record(), record(is_correct=0), "17", "18", outside))
    assert select(
        "SELECT run_id, window_start, window_end, received, inserted, duplicates, conflicting,"
        " rejected, out_of_window, watermark, reported_at FROM etl_slices"
    ) == [(1, start, end, 6, 1, 1, 1, 2, 1, end, None)]
    ((loaded_at,),) = select("SELECT loaded_at FROM etl_slices")
    assert abs((datetime.now(UTC) - loaded_at).total_seconds()) < 60


MOMENT = datetime(2023, 6, 1, 8, tzinfo=UTC)
MAY_10, MAY_11, MAY_12 = (date(2023, 5, day) for day in (10, 11, 12))


def test_g8_the_days_of_all_slices_are_owed_once_and_ascending(inserter: DatabaseInserter) -> None:
    insert(inserter, batch(window=days(MAY_11, MAY_12)))
    insert(inserter, batch(window=days(MAY_10, MAY_11)))
    debt = within(inserter, report_debt, UTC_ZONE)
    assert sorted(debt.slice_ids) == [1, 2]
    assert debt.days == (MAY_10, MAY_11, MAY_12)


def test_what_was_reported_is_owed_no_more(inserter: DatabaseInserter, select: Execute) -> None:
    insert(inserter, batch(window=days(MAY_10)))
    debt = within(inserter, report_debt, UTC_ZONE)
    insert(inserter, batch(window=days(MAY_11)))
    within(inserter, mark_reported, debt, MOMENT)
    assert within(inserter, report_debt, UTC_ZONE) == ReportDebt((2,), (MAY_11,))
    assert select("SELECT reported_at FROM etl_slices ORDER BY id") == [(MOMENT,), (None,)]


def test_a_slice_of_another_time_zone_touches_two_of_our_days(build: Build) -> None:
    zone = ZoneInfo("Europe/Moscow")
    inserter = opened(build(zone=zone))
    insert(inserter, batch(window=days(MAY_10)))
    assert within(inserter, report_debt, zone).days == (MAY_10, MAY_11)


Span = tuple[int, int]


def load(inserter: DatabaseInserter, first: int, last: int) -> None:
    """Days of May 2023, both included."""
    insert(inserter, batch(window=days(date(2023, 5, first), date(2023, 5, last))))


def end_of(day: int) -> datetime:
    return datetime(2023, 5, day + 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spans", "last"),
    [
        pytest.param([(10, 12), (5, 20)], 20, id="a window around it"),
        pytest.param([(10, 12), (14, 15), (13, 13)], 13, id="the gap is filled, no further"),
        pytest.param([(10, 12), (14, 15), (13, 15)], 15, id="gap and rest again"),
        pytest.param([(10, 12), (2, 4)], 12, id="a backfill of the past"),
    ],
)
def test_only_ground_without_a_gap_moves_it(
    inserter: DatabaseInserter, spans: list[Span], last: int
) -> None:
    for span in spans:
        load(inserter, *span)
    assert inserter.progress().watermark == end_of(last)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    spans=st.lists(
        st.tuples(st.integers(1, 28), st.integers(0, 4)).map(
            lambda s: (s[0], min(28, s[0] + s[1]))
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_loaded_every_day_between_the_first_slice_and_it_is_there(
    inserter: DatabaseInserter, colleague: connection, spans: list[Span]
) -> None:
    with colleague, colleague.cursor() as at:
        at.execute("DELETE FROM etl_slices")
    marks = []
    for span in spans:
        load(inserter, *span)
        marks.append(inserter.progress().watermark)
    loaded = {day for first, last in spans for day in range(first, last + 1)}
    last = max(day for day in loaded if end_of(day) == marks[-1])
    assert set(range(spans[0][0], last + 1)) <= loaded
    assert marks == sorted(marks, key=str)


def test_a_gap_of_one_moment_is_a_gap(inserter: DatabaseInserter) -> None:
    moscow = days(date(2023, 5, 11), zone=ZoneInfo("Europe/Moscow"))
    london = days(date(2023, 5, 12), zone=ZoneInfo("Europe/London"))
    insert(inserter, batch(window=moscow))
    insert(inserter, batch(window=london))
    assert inserter.progress().watermark == moscow.end


def test_it_survives_the_run(inserter: DatabaseInserter, build: Build) -> None:
    load(inserter, 10, 12)
    inserter.close(entry(status="failed"))
    later = opened(build())
    assert later.progress().watermark == later.peek_progress().watermark == end_of(12)
