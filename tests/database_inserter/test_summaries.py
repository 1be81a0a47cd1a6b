"""The summaries of a history that was there before, of a stopped rebuild, and beside readers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import LoadError, LockedError, Problem
from etl.postgres.figures import daily_figures
from tests.database_inserter.batches import (
    DAY,
    STARTED,
    batch,
    entry,
    insert,
    opened,
    refused,
    within,
)
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

YEAR = """
INSERT INTO attempts (user_id, attempt_type, lis_result_sourcedid, created_at)
SELECT 'ann', 'run', 'course:lms.uni.example-task:ann', day
FROM generate_series('2022-01-01'::timestamp, '2022-12-30', '1 day') AS day
"""
COUNTED = "SELECT sum(runs), count(*) FROM etl_student_task_days WHERE user_id = 'ann'"
STATE = "SELECT time_zone, rebuilt_from FROM etl_summaries"
WRITES = "SELECT xmin::text, xmax::text FROM etl_student_task_days"


class Stopped(BaseException):
    """As a host that goes down in the middle."""


def stop_after(pieces: int) -> Callable[[str], None]:
    shown = []

    def show(text: str) -> None:
        shown.append(text)
        if len(shown) == pieces:
            raise Stopped

    return show


def test_a_history_that_was_there_before_is_counted_by_the_first_run(
    build: Build, execute: Execute
) -> None:
    execute(OWN_DDL + YEAR)
    build().open(STARTED)
    assert execute(COUNTED) == [(364, 364)]
    assert execute("SELECT course, task, attempts, students FROM task_difficulty") == [
        ("course", "task", 364, 1)
    ]


def test_what_a_stopped_count_has_left_is_counted_by_the_next_run(
    build: Build, execute: Execute, kill_runs: Callable[[], object]
) -> None:
    execute(OWN_DDL + YEAR)
    with pytest.raises(Stopped):
        build(show=stop_after(3)).open(STARTED)
    kill_runs()
    assert execute(COUNTED) == [(21, 21)]
    assert refused(lambda: build().page_figures()).problem == Problem.SUMMARIES_MISSING
    build().open(STARTED)
    assert execute(COUNTED) == [(364, 364)]
    assert execute(STATE) == [("UTC", None)]


def test_another_time_zone_counts_other_days(build: Build, execute: Execute) -> None:
    execute(OWN_DDL + YEAR)
    first = opened(build())
    first.close(entry())
    new_york = ZoneInfo("America/New_York")
    assert refused(lambda: build(zone=new_york).page_figures()).problem == Problem.SUMMARIES_MISSING
    build(zone=new_york).open(STARTED)
    assert execute("SELECT min(day), max(day) FROM etl_hours") == [
        (date(2021, 12, 31), date(2022, 12, 29))
    ]


def test_a_rebuild_writes_only_what_was_not_true(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    insert(inserter, batch(record()))
    inserter.close(entry())
    execute(YEAR)
    assert build().rebuild() == "364 days counted"
    before = execute(WRITES)
    assert build().rebuild() == "0 days counted"
    assert execute(WRITES) == before
    execute("DELETE FROM attempts WHERE created_at = '2022-03-01'")
    assert build().rebuild() == "1 days counted"
    assert execute(COUNTED) == [(363, 363)]


def test_a_rebuild_waits_for_no_reader_and_no_reader_for_it(
    inserter: DatabaseInserter, build: Build, colleague: connection, execute: Execute
) -> None:
    insert(inserter, batch(record()))
    inserter.close(entry())
    with colleague.cursor() as at:
        at.execute("SELECT * FROM task_difficulty")
        execute("UPDATE attempts SET is_correct = false")
        assert build(lock_timeout_seconds=1).rebuild() == "1 days counted"
        at.execute("SELECT correct FROM task_difficulty")


def test_a_rebuild_beside_a_run_does_nothing(inserter: DatabaseInserter, build: Build) -> None:
    with pytest.raises(LockedError):
        build().rebuild()


def test_what_other_hands_did_is_repaired(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    insert(inserter, batch(record()))
    inserter.close(entry())
    execute("DELETE FROM attempts")
    later = opened(build())
    assert [day.attempts for day in within(later, daily_figures, [DAY])] == [1]
    assert later.repair([DAY]) == [DAY]
    assert [day.attempts for day in within(later, daily_figures, [DAY])] == [0]
    assert later.repair([DAY]) == []


def test_a_text_that_names_a_task_after_an_edit_is_noticed(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    insert(inserter, batch(record(passback_params="{'lis_result_sourcedid': 'no task'}")))
    inserter.close(entry())
    execute("UPDATE attempts SET lis_result_sourcedid = 'c:h.example-t:' || user_id")
    later = opened(build())
    assert later.repair([DAY]) == [DAY]
    assert execute("SELECT course, task FROM student_tasks") == [("c", "t")]


def test_a_table_with_longer_ids_nobodys_rows_and_other_kinds_is_counted(
    build: Build, execute: Execute
) -> None:
    own = OWN_DDL.replace("user_id VARCHAR(32) NOT NULL", "user_id TEXT")
    execute(own.replace(" CHECK (attempt_type IN ('run', 'submit'))", ""))
    execute(
        "INSERT INTO attempts (user_id, attempt_type, created_at)"
        f" VALUES ('{40 * 'x'}', 'run', '2022-01-01'), (NULL, 'run', '2022-01-01'),"
        " ('ann', 'hint', '2022-01-01'), ('ann', 'run', 'infinity')"
    )
    inserter = opened(build(zone=ZoneInfo("Europe/Moscow")))
    assert insert(inserter, batch(record())).inserted == 1
    (figures,) = within(inserter, daily_figures, [date(2022, 1, 1)])
    assert (figures.attempts, figures.users) == (1, 1)
    assert execute("SELECT attempts, users FROM daily_activity WHERE day = '2022-01-01'") == [
        (1, 1)
    ]


def test_types_of_a_fixed_length_are_what_they_say(build: Build, execute: Execute) -> None:
    execute(OWN_DDL.replace("attempt_type VARCHAR(10)", "attempt_type CHAR(10)"))
    inserter = opened(build())
    later = "2023-05-31 10:00:00.000000"
    insert(inserter, batch(record(), record(is_correct=None, attempt_type="run", created_at=later)))
    assert execute("SELECT runs, submits, correct FROM etl_student_task_days") == [(1, 1, 1)]


def test_a_rebuild_reads_every_text_anew(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    insert(inserter, batch(record()))
    inserter.close(entry())
    ((course,),) = execute("SELECT course FROM task_difficulty")
    execute("UPDATE etl_tasks SET course = 'wrong' WHERE id > 0")
    build().rebuild()
    assert execute("SELECT course FROM task_difficulty") == [(course,)]


def test_a_slice_that_is_undone_takes_its_figures_along(
    inserter: DatabaseInserter, on_insert: Callable[..., None], execute: Execute
) -> None:
    on_insert("RAISE EXCEPTION 'no'", table="etl_hours")
    with pytest.raises(LoadError):
        insert(inserter, batch(record()))
    assert execute("SELECT (SELECT count(*) FROM attempts), count(*) FROM etl_slices") == [(0, 0)]


def test_days_far_apart_are_counted_without_the_years_between(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    inserter.close(entry())
    execute(
        "INSERT INTO attempts (user_id, attempt_type, created_at)"
        " VALUES ('ann', 'run', '2001-01-01'), ('ann', 'run', '2031-01-01')"
    )
    shown: list[str] = []
    build(show=shown.append).rebuild()
    assert len(shown) == 2
    assert execute("SELECT day FROM etl_hours ORDER BY day") == [
        (date(2001, 1, 1),),
        (date(2031, 1, 1),),
    ]
