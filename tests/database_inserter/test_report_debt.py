"""Which days the sheet owes, until it shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from etl.components.database_inserter import DatabaseInserter
from etl.models.figures import ReportDebt
from etl.postgres.journal import mark_reported, report_debt
from tests.database_inserter.batches import STARTED, UTC_ZONE, batch, days, entry, insert, within
from tests.database_inserter.conftest import Build, Execute

MOMENT = datetime(2023, 6, 1, 8, tzinfo=UTC)
MAY_10, MAY_11, MAY_12 = (date(2023, 5, day) for day in (10, 11, 12))


def test_where_nothing_was_loaded_nothing_is_owed(inserter: DatabaseInserter) -> None:
    assert within(inserter, report_debt, UTC_ZONE) == ReportDebt((), ())


def test_g8_the_days_of_all_slices_are_owed_once_and_ascending(inserter: DatabaseInserter) -> None:
    insert(inserter, batch(window=days(MAY_11, MAY_12)))
    insert(inserter, batch(window=days(MAY_10, MAY_11)))
    debt = within(inserter, report_debt, UTC_ZONE)
    assert sorted(debt.slice_ids) == [1, 2]
    assert debt.days == (MAY_10, MAY_11, MAY_12)


def test_g8_days_that_no_run_could_report_are_owed_by_the_next(
    inserter: DatabaseInserter, build: Build
) -> None:
    insert(inserter, batch(window=days(MAY_10)))
    debt = within(inserter, report_debt, UTC_ZONE)
    inserter.close(entry(status="partial", failed_stage="report"))
    later = build()
    later.open(STARTED)
    assert within(later, report_debt, UTC_ZONE) == debt


def test_what_was_reported_is_owed_no_more(inserter: DatabaseInserter, select: Execute) -> None:
    insert(inserter, batch(window=days(MAY_10)))
    debt = within(inserter, report_debt, UTC_ZONE)
    insert(inserter, batch(window=days(MAY_11)))
    within(inserter, mark_reported, debt, MOMENT)
    assert within(inserter, report_debt, UTC_ZONE) == ReportDebt((2,), (MAY_11,))
    assert select("SELECT reported_at FROM etl_slices ORDER BY id") == [(MOMENT,), (None,)]


def test_a_debt_of_nothing_is_marked_without_harm(inserter: DatabaseInserter) -> None:
    insert(inserter, batch(window=days(MAY_10)))
    within(inserter, mark_reported, ReportDebt((), ()), MOMENT)
    assert within(inserter, report_debt, UTC_ZONE).days == (MAY_10,)


def test_a_slice_of_another_time_zone_touches_two_of_our_days(build: Build) -> None:
    zone = ZoneInfo("Europe/Moscow")
    inserter = build(zone=zone)
    inserter.open(STARTED)
    insert(inserter, batch(window=days(MAY_10)))
    assert within(inserter, report_debt, zone).days == (MAY_10, MAY_11)
