"""What the journal tells of runs and slices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from tests.database_inserter.batches import DAY, STARTED, batch, days, entry, insert
from tests.database_inserter.conftest import Build, Execute

STATUS = "SELECT status FROM etl_runs ORDER BY id"


def open_next(build: Build) -> DatabaseInserter:
    inserter = build()
    inserter.open(STARTED)
    return inserter


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


def test_each_run_fills_its_own_row_alone(build: Build, select: Execute) -> None:
    for status in ("succeeded", "partial", "failed"):
        open_next(build).close(entry(status=status))
    assert select(STATUS) == [("succeeded",), ("partial",), ("failed",)]


def test_closing_twice_is_closing_once(inserter: DatabaseInserter, select: Execute) -> None:
    inserter.close(entry(status="failed"))
    inserter.close(entry(status="succeeded"))
    assert select(STATUS) == [("failed",)]


def test_d7_runs_that_ended_without_a_word_are_closed_by_the_next(
    inserter: DatabaseInserter, build: Build, select: Execute, kill_runs: Callable[[], object]
) -> None:
    insert(inserter, batch(record()))
    kill_runs()
    open_next(build)
    kill_runs()
    open_next(build)
    assert select("SELECT status, error IS NULL, finished_at FROM etl_runs ORDER BY id") == [
        ("partial", False, None),
        ("failed", False, None),
        ("running", True, None),
    ]


def test_a_closed_run_is_left_alone_by_the_next(build: Build, select: Execute) -> None:
    open_next(build).close(entry(status="succeeded", error=None))
    closed = select("SELECT * FROM etl_runs")
    open_next(build)
    assert select("SELECT * FROM etl_runs WHERE id = 1") == closed


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
