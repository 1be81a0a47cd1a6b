"""`attempts` partitioned by month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.grader.record import named_students
from etl.models.errors import Problem
from etl.models.records import Counts, Loaded, Reason
from etl.postgres.figures import daily_figures
from etl.postgres.forgotten import Removed
from etl.postgres.journal import mark_reported, report_debt
from tests.analysis.page import section, sql_in
from tests.database_inserter.batches import (
    DAY,
    STARTED,
    UTC_ZONE,
    batch,
    days,
    due,
    entry,
    insert,
    opened,
    refused,
    within,
)
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

TABLE, MONTHS = sql_in(section("A new database", "scale.md"))
(CONVERSION,) = sql_in(section("A database that is in use", "scale.md"))


def month(number: int) -> str:
    return (
        f"CREATE TABLE attempts_2023_0{number} PARTITION OF attempts"
        f" FOR VALUES FROM ('2023-0{number}-01 00:00:00') TO ('2023-0{number + 1}-01 00:00:00');"
    )


MAY, JUNE, JULY = month(5), month(6), month(7)
LAST = record(lti_user_id="may", created_at="2023-05-31 23:59:59.999999")
FIRST = record(lti_user_id="june", created_at="2023-06-01 00:00:00")
BOTH_DAYS = days(DAY, date(2023, 6, 1))
TWO_MONTHS = batch(LAST, FIRST, window=BOTH_DAYS)
PLACES = "SELECT tableoid::regclass::text, user_id FROM attempts ORDER BY created_at"
KEPT = "SELECT reason FROM rejected_attempts UNION ALL SELECT 'slice' FROM etl_slices"
VIEW = "SELECT user_id, day FROM task_attempts ORDER BY 1"
COMMENT = "SELECT obj_description('attempts'::regclass), col_description('attempts'::regclass, 1)"
FIGURES = "SELECT day, attempts FROM daily_activity WHERE attempts > 0 ORDER BY day"
IS_NEEDED = "ALTER TABLE attempts ADD CONSTRAINT early CHECK (user_id <> 'bad');"


def load(inserter: DatabaseInserter, *records: object) -> Loaded:
    slice_ = batch(*records, window=BOTH_DAYS)
    return inserter.insert(slice_.answer, slice_.batches)


def test_p15_months_are_filled_as_one_table_is(build: Build, execute: Execute) -> None:
    execute(TABLE + MAY + JUNE)
    inserter = opened(build())
    assert insert(inserter, TWO_MONTHS) == Counts(2, inserted=2)
    assert execute(PLACES) == [("attempts_2023_05", "may"), ("attempts_2023_06", "june")]
    again = load(inserter, LAST, FIRST, FIRST | {"is_correct": 0}, record(lti_user_id="new"))
    assert again.counts == Counts(4, inserted=1, duplicates=2, conflicting=1)
    assert [day.attempts for day in within(inserter, daily_figures, BOTH_DAYS.days())] == [2, 1]
    assert inserter.repair(BOTH_DAYS.days()) == []


def test_p15_their_primary_key_finds_days_and_no_index_is_added(
    build: Build, execute: Execute
) -> None:
    execute(TABLE + MAY)
    opened(build())
    indexes = "SELECT indexname FROM pg_indexes WHERE tablename = 'attempts_2023_05'"
    assert len(execute(indexes)) == 2


def test_p15_a_missing_month_costs_no_record_and_its_statement_is_said(
    build: Build, execute: Execute
) -> None:
    execute(TABLE + MAY)
    inserter = opened(build())
    error = refused(lambda: insert(inserter, TWO_MONTHS))
    assert (error.problem, error.facts) == (Problem.DATABASE_PARTITION, {"months": "2023-06"})
    assert error.details == JUNE
    assert execute(KEPT) == execute(PLACES) == []
    execute(error.details)
    assert insert(inserter, TWO_MONTHS) == Counts(2, inserted=2)


def test_p15_a_month_without_records_needs_no_partition(build: Build, execute: Execute) -> None:
    execute(TABLE + MAY)
    assert load(opened(build()), LAST).counts == Counts(1, inserted=1)


def test_p15_a_record_that_is_refused_hides_no_missing_month(
    build: Build, execute: Execute
) -> None:
    execute(TABLE + IS_NEEDED + MAY)
    inserter, bad = opened(build()), LAST | {"lti_user_id": "bad"}
    error = refused(lambda: load(inserter, *[LAST] * 9, bad, FIRST))
    assert error.problem == Problem.DATABASE_PARTITION
    assert execute(KEPT) == execute(PLACES) == []
    execute(JUNE)
    loaded = load(inserter, *[LAST] * 9, bad, FIRST)
    assert loaded.counts == Counts(11, inserted=2, duplicates=8, rejected=1)
    assert (loaded.reasons, loaded.rules) == (
        {Reason.REFUSED_BY_DATABASE: 1},
        {"23514 early": 1},
    )


def test_p15_a_replay_asks_for_the_months_of_its_records(build: Build, execute: Execute) -> None:
    execute(TABLE + IS_NEEDED + MAY + JUNE)
    inserter, bad = opened(build()), FIRST | {"lti_user_id": "bad"}
    load(inserter, *[LAST] * 9, bad)
    execute("ALTER TABLE attempts DROP CONSTRAINT early")
    execute("ALTER TABLE attempts DETACH PARTITION attempts_2023_06")
    now_valid = batch(bad, window=BOTH_DAYS).batches
    error = refused(lambda: inserter.replay(lambda _: now_valid()))
    assert error.details == (
        "ALTER TABLE attempts ATTACH PARTITION attempts_2023_06"
        " FOR VALUES FROM ('2023-06-01 00:00:00') TO ('2023-07-01 00:00:00');"
    )
    execute(error.details)
    assert inserter.replay(lambda _: now_valid()).counts == Counts(1, inserted=1)


def test_p15_what_a_partitions_own_trigger_swallows_is_not_counted(
    build: Build, execute: Execute, on_insert: Callable[..., None]
) -> None:
    execute(TABLE + MAY + JUNE)
    on_insert("RETURN NULL", table="attempts_2023_06")
    assert insert(opened(build(max_rejected_share=1)), TWO_MONTHS).inserted == 1
    assert execute(PLACES) == [("attempts_2023_05", "may")]


@pytest.mark.parametrize("rest", ["DEFAULT", "FOR VALUES FROM ('2023-06-01') TO (MAXVALUE)"])
def test_p15_a_partition_for_all_the_rest_takes_it(
    build: Build, execute: Execute, rest: str
) -> None:
    execute(f"{TABLE} {MAY} CREATE TABLE rest PARTITION OF attempts {rest}")
    assert "soon needed" not in build().check(due)
    assert insert(opened(build()), TWO_MONTHS) == Counts(2, inserted=2)


def test_p15_the_months_of_the_page_are_made_again_and_again(
    build: Build, execute: Execute
) -> None:
    execute(TABLE + MONTHS)
    execute(MONTHS)
    assert insert(opened(build()), TWO_MONTHS) == Counts(2, inserted=2)
    assert execute(PLACES) == [("attempts_2023_05", "may"), ("attempts_2023_06", "june")]


@pytest.mark.parametrize("ddl", ["", OWN_DDL])
def test_p15_a_table_in_use_becomes_a_partitioned_one(
    build: Build, execute: Execute, ddl: str
) -> None:
    execute(ddl or "SELECT")
    inserter = opened(build())
    insert(inserter, TWO_MONTHS)
    inserter.close(entry())
    before = execute("SELECT * FROM attempts ORDER BY id"), execute(VIEW), execute(COMMENT)
    execute(CONVERSION)
    inserter = opened(build())
    assert load(inserter, LAST, FIRST, FIRST | {"is_correct": 0}).counts == Counts(
        3, duplicates=2, conflicting=1
    )
    execute("DROP TABLE attempts_before")
    after = execute("SELECT * FROM attempts ORDER BY id"), execute(VIEW), execute(COMMENT)
    assert after == before
    assert load(inserter, record(lti_user_id="new")).counts.inserted == 1
    assert execute("SELECT id FROM attempts WHERE user_id = 'new'") == [(3,)]


def test_p15_on_the_embedded_server_months_are_vacuumed_too(build: Build, execute: Execute) -> None:
    execute(TABLE + MAY)
    inserter = opened(build(is_embedded=True))
    load(inserter, *[LAST | {"lti_user_id": f"u{n}"} for n in range(1001)])
    inserter.tidy()
    assert execute("SELECT reltuples FROM pg_class WHERE relname = 'attempts_2023_05'") == [(1001,)]


def test_p15_a_look_says_until_when_there_are_partitions(build: Build, execute: Execute) -> None:
    execute(TABLE + MAY)
    told = build().check(due)
    assert told.endswith(f", partitions of attempts until 2023-06-01; soon needed: {JUNE}")
    execute(JUNE + JULY)
    inserter = opened(build())
    insert(inserter, TWO_MONTHS)
    told = build().check(due)
    assert "2 attempts, all tables are there, partitions of attempts until 2023-08-01" in told


def test_p15_a_look_finds_a_month_that_the_next_run_will_need(
    build: Build, execute: Execute
) -> None:
    """The run loads 29 to 31 May."""
    execute(TABLE + month(4) + JUNE)
    error = refused(lambda: build().check(due))
    assert (error.problem, error.details) == (Problem.DATABASE_PARTITION, MAY)
    execute(MAY.replace("attempts_2023_05", "most").replace("06-01 00:00", "05-31 21:00"))
    rest = MAY.replace("2023_05", "2023_05_31").replace("05-01 00:00", "05-31 21:00")
    assert refused(lambda: build().check(due)).details == rest


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_p16_an_archived_month_keeps_its_figures_and_another_follows_its_rows(
    build: Build, execute: Execute, zone: str
) -> None:
    """In Tokyo `LAST` and `FIRST` are of one day, half of which is archived."""
    execute(TABLE + MAY + JUNE)
    there = ZoneInfo(zone)
    inserter = opened(build(zone=there))
    three_days = days(date(2023, 5, 30), date(2023, 6, 1), there)
    insert(
        inserter, batch(record(created_at="2023-05-30 12:00:00"), LAST, FIRST, window=three_days)
    )
    before = execute(FIGURES)
    execute("ALTER TABLE attempts DETACH PARTITION attempts_2023_05; DELETE FROM attempts_2023_06")
    inserter.close(entry())
    later = opened(build(zone=there))
    later.repair(three_days.days())
    later.close(entry())
    assert execute(FIGURES) == before[:2]
    assert build(zone=there).rebuild() == "0 days counted, 2 archived ones left alone"
    assert execute(FIGURES) == before[:2]
    execute(
        MAY.replace(
            "CREATE TABLE attempts_2023_05 PARTITION OF attempts",
            "ALTER TABLE attempts ATTACH PARTITION attempts_2023_05",
        )
    )
    assert build(zone=there).rebuild() == ("0 days counted" if zone == "UTC" else "1 days counted")


def test_f2_a_forgotten_students_figures_of_an_archived_month_go_too(
    build: Build, execute: Execute
) -> None:
    execute(TABLE + MAY + JUNE)
    inserter = opened(build())
    others = record(lti_user_id="ann", created_at="2023-05-31 12:00:00")
    load(inserter, others, LAST, record(lti_user_id="may", created_at="2023-06-01 00:00:00"))
    within(inserter, mark_reported, within(inserter, report_debt, UTC_ZONE), STARTED)
    execute("ALTER TABLE attempts DETACH PARTITION attempts_2023_05")
    both = (DAY, date(2023, 6, 1))
    assert inserter.forget("may", named_students) == Removed(1, both, 0)
    assert execute("SELECT user_id, day FROM etl_student_task_days") == [("ann", DAY)]
    assert within(inserter, report_debt, UTC_ZONE).days == both
    assert inserter.repair(both) == []
    in_sheet = [(one.day, one.attempts, one.users) for one in within(inserter, daily_figures, both)]
    assert in_sheet == [(DAY, 1, 1), (both[1], 0, 0)]
    assert [(one.day, one.attempts, one.users) for one in inserter.page_figures().days] == in_sheet
    assert execute("SELECT day, attempts, users FROM daily_activity") == in_sheet[:1]
