"""Attempts counted in memory: days in two slices, clocks set back, more than is held at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.window import Window
from etl.postgres.counting import ATTEMPTS_AT_ONCE
from tests.database_inserter.batches import DAY, UTC_ZONE, batch, days, entry, insert
from tests.database_inserter.conftest import Build, Execute

NEW_YORK = ZoneInfo("America/New_York")


def test_a_day_in_two_slices_is_counted_whole(inserter: DatabaseInserter, execute: Execute) -> None:
    noon = datetime(2023, 5, 31, 12, tzinfo=UTC)
    whole = days(DAY)
    morning, evening = Window(whole.start, noon, UTC_ZONE), Window(noon, whole.end, UTC_ZONE)
    insert(inserter, batch(record(created_at="2023-05-31 08:00:00.000000"), window=morning))
    insert(inserter, batch(record(created_at="2023-05-31 18:00:00.000000"), window=evening))
    assert execute("SELECT hour, submits FROM etl_hours ORDER BY hour") == [(8, 1), (18, 1)]
    assert execute("SELECT submits, hours FROM etl_student_task_days") == [(2, 1 << 8 | 1 << 18)]


def test_an_hour_that_clocks_repeat_is_one(build: Build, execute: Execute) -> None:
    inserter = build(zone=NEW_YORK)
    inserter.open(datetime(2023, 11, 7, tzinfo=UTC))
    fall = date(2023, 11, 5)
    moments = ("2023-11-05 05:30:00.000000", "2023-11-05 06:30:00.000000")  # 1:30, twice
    attempts = [record(created_at=moment) for moment in moments]
    insert(inserter, batch(*attempts, window=Window.of_days(fall, fall, NEW_YORK)))
    assert execute("SELECT day, hour, submits FROM etl_hours") == [(fall, 1, 2)]
    assert inserter.repair([fall]) == []
    inserter.close(entry())


def test_days_with_more_than_is_held_at_once_are_counted_one_by_one(
    inserter: DatabaseInserter, execute: Execute, build: Build
) -> None:
    inserter.close(entry())
    execute(
        "INSERT INTO attempts (user_id, attempt_type, lis_result_sourcedid, created_at)"
        " SELECT 'ann', 'run', 'course:lms.uni.example-task:ann', moment FROM generate_series("
        f"'2022-01-01'::timestamp, '2022-01-04', interval '3 days' / {ATTEMPTS_AT_ONCE}) AS moment"
        " RETURNING 1"
    )
    build().rebuild()
    assert execute("SELECT count(*), sum(runs) FROM etl_student_task_days") == [
        (4, ATTEMPTS_AT_ONCE + 1)
    ]
