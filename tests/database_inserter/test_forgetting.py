"""What is stored of a student goes with all that follows from it, and nothing of anybody else."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import date
from urllib.parse import quote
from uuid import UUID

import pytest

from etl.components.data_processor import DataProcessor
from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.grader.record import named_students
from etl.models.errors import Problem
from etl.models.records import Answer, Batch
from etl.postgres.figures import daily_figures
from etl.postgres.forgotten import Removed
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
    refused,
    within,
)
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

GONE = "3583bf109f8b458e13ae1ac9d85c396a"
MARCH = date(2023, 3, 1)
SLICE = batch(
    record(),
    record(created_at="2023-05-31 10:00:00"),
    record(lti_user_id="ann", passback_params=None),
    record(is_correct=0),
    record(created_at="never"),
    record(lti_user_id="bob", attempt_type="ran", passback_params=None),
)
IN_MARCH = batch(record(created_at="2023-03-01 10:00:00"), window=days(MARCH))
TEXTS = """
SELECT format('SELECT %L, count(*) FROM %I AS own WHERE own::text ILIKE %L',
              relname, relname, '%{id}%')
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
INSERT = "INSERT INTO attempts (user_id, attempt_type, created_at) VALUES"
STATE = "SELECT (SELECT count(*) FROM attempts), (SELECT count(*) FROM rejected_attempts), " + (
    "(SELECT count(*) FROM etl_forgotten)"
)


@pytest.fixture
def filled(inserter: DatabaseInserter) -> DatabaseInserter:
    insert(inserter, IN_MARCH)
    insert(inserter, SLICE)
    within(inserter, mark_reported, within(inserter, report_debt, UTC_ZONE), STARTED)
    return inserter


def forget(inserter: DatabaseInserter, student: str = GONE) -> Removed:
    return inserter.forget(student, named_students)


def tables_that_name(student: str, execute: Execute) -> set[str]:
    queries = [query for (query,) in execute(TEXTS.replace("{id}", student))]
    return {name for name, count in execute(" UNION ALL ".join(queries)) if count}


def test_f2_no_table_names_them_any_more(filled: DatabaseInserter, execute: Execute) -> None:
    everywhere = {"attempts", "rejected_attempts", "etl_student_task_days"}
    assert tables_that_name(GONE, execute) == everywhere
    assert forget(filled) == Removed(3, (MARCH, DAY), 2)
    assert tables_that_name(GONE, execute) == set()
    assert execute("SELECT user_id FROM attempts") == [("ann",)]
    assert tables_that_name("bob", execute) == {"rejected_attempts"}


def test_f2_the_figures_of_the_days_are_those_of_the_others_and_owed_to_the_sheet(
    filled: DatabaseInserter,
) -> None:
    assert within(filled, report_debt, UTC_ZONE).days == ()
    forget(filled)
    assert [(one.day, one.attempts) for one in within(filled, daily_figures, [MARCH, DAY])] == [
        (MARCH, 0),
        (DAY, 1),
    ]
    assert within(filled, report_debt, UTC_ZONE).days == (MARCH, DAY)
    filled.close(entry())


def test_f2_killed_in_the_middle_nothing_has_happened(
    filled: DatabaseInserter,
    build: Build,
    execute: Execute,
    on_insert: Callable[..., None],
    no_more_strikes: Callable[[], object],
) -> None:
    before = execute(STATE), tables_that_name(GONE, execute)
    on_insert("PERFORM pg_terminate_backend(pg_backend_pid())", "rejected_attempts", "DELETE")
    assert refused(lambda: forget(filled)).problem == Problem.DATABASE_CONNECTION_LOST
    assert (execute(STATE), tables_that_name(GONE, execute)) == before
    no_more_strikes()
    later = opened(build())
    assert forget(later) == Removed(3, (MARCH, DAY), 2)


def test_f1_the_next_run_knows_them_by_a_digest_alone(
    filled: DatabaseInserter, build: Build, execute: Execute
) -> None:
    assert not filled.forgotten
    forget(filled)
    forget(filled)
    forget(filled, "somebody who is not stored")
    filled.close(entry())
    later = opened(build())
    assert later.forgotten.among([GONE, "ann", "somebody who is not stored"]) == {
        GONE,
        "somebody who is not stored",
    }
    assert execute("SELECT count(*), count(DISTINCT key), min(length(key)) FROM etl_forgotten") == [
        (2, 1, 32)
    ]


@pytest.mark.parametrize(
    "step",
    [
        lambda run, process: run.insert(SLICE.answer, lambda: process(SLICE.answer)),
        lambda run, process: run.quarantine(lambda: process(SLICE.answer)),
        lambda run, process: run.replay(process),
    ],
    ids=["a slice", "a refused slice", "a replay"],
)
def test_f1_who_is_forgotten_while_a_run_had_lost_its_session_does_not_come_back(
    filled: DatabaseInserter,
    build: Build,
    execute: Execute,
    kill_runs: Callable[[], object],
    step: Callable[..., object],
) -> None:
    def process(answer: Answer) -> Iterable[Batch]:
        return DataProcessor().process(answer, filled.forgotten)

    kill_runs()
    another = opened(build())
    forget(another)
    another.close(entry())
    step(filled, process)
    assert tables_that_name(GONE, execute) == set()


def test_each_database_has_a_key_of_its_own(build: Build, execute: Execute) -> None:
    keys = set()
    for _ in range(2):
        inserter = opened(build())
        forget(inserter)
        keys.add(bytes(execute("SELECT key FROM etl_forgotten")[0][0]))
        inserter.close(entry())
        execute("TRUNCATE etl_forgotten; SELECT 1")
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("TEXT", "an.address.with.more.characters.than@uni.example"),
        ("CHAR(40)", "ann"),
        ('TEXT COLLATE "C"', "ann"),
    ],
)
def test_d5_other_types_and_collations_of_the_id_change_nothing(
    build: Build, execute: Execute, kind: str, stored: str
) -> None:
    execute(OWN_DDL.replace("VARCHAR(32)", kind))
    for user in (stored, stored.upper()):
        execute(f"{INSERT} ('{user}', 'run', '2023-05-31 10:00')")
    inserter = opened(build())
    assert forget(inserter, stored) == Removed(1, (DAY,), 0)
    assert execute("SELECT trim(user_id) FROM attempts") == [(stored.upper(),)]


def test_moments_that_no_calendar_has_are_removed_too(build: Build, execute: Execute) -> None:
    execute(OWN_DDL)
    for moment in ("infinity", "20000-01-01", "0001-01-01"):
        execute(f"{INSERT} ('ann', 'run', '{moment}')")
    inserter = opened(build())
    assert forget(inserter, "ann") == Removed(3, (), 0)


ADDRESS = "Ann.Petrova+1@uni.example"
UUID_OF_GONE = str(UUID(GONE))


@pytest.mark.parametrize(
    ("student", "spelled"),
    [
        ("ann", r"\u0061nn"),
        (GONE, GONE.upper()),
        (GONE, f"id-{UUID_OF_GONE}"),
        (UUID_OF_GONE.upper(), GONE),
        (GONE, b64encode(GONE.encode()).decode()),
        (GONE, b64encode(UUID(GONE).bytes).decode().rstrip("=")),
        (GONE, f"user-{urlsafe_b64encode(repr({'id': GONE, 'к': 'ю'}).encode()).decode()}"),
        (ADDRESS, ADDRESS.upper()),
        (ADDRESS, quote(quote(ADDRESS))),
        (ADDRESS, ADDRESS.replace("@", r"\\\\u0040").replace("n", r"\\x6e").replace("+", "&#43;")),
    ],
)
def test_s5_a_record_that_spells_the_id_otherwise_is_found(
    inserter: DatabaseInserter, execute: Execute, student: str, spelled: str
) -> None:
    other = f'{{"lti_user_id": "annette {GONE[::-1]}"}}'
    insert(inserter, batch(f'{{"lti_user_id": "{spelled}", "attempt_type": "ran"}}', other))
    assert forget(inserter, student).rejected == 1
    assert execute("SELECT record FROM rejected_attempts") == [(other,)]


def test_s5_a_task_s_text_that_ends_in_another_id_of_theirs_goes_with_them(
    inserter: DatabaseInserter, execute: Execute
) -> None:
    def sent(student: str, end: str) -> dict[str, object]:
        passback = repr({"lis_result_sourcedid": f"course:uni.example-task:{end}"})
        moment = f"2023-05-31 10:00:{len(end):02}"
        return record(lti_user_id=student, passback_params=passback, created_at=moment)

    ends = [("ann", "ann"), ("ann", "ann@uni.example"), ("bob", "bob"), ("bob", "b@uni.example")]
    insert(inserter, batch(*(sent(*one) for one in ends)))
    assert len(execute("SELECT text FROM etl_task_texts")) == 3
    forget(inserter, "ann")
    kept = "course:uni.example-task:"
    assert {*execute("SELECT text FROM etl_task_texts")} == {(kept,), (f"{kept}b@uni.example",)}


def test_s5_attempts_that_a_trigger_keeps_are_no_success(
    filled: DatabaseInserter, execute: Execute, on_insert: Callable[..., None]
) -> None:
    on_insert("RETURN NULL", event="DELETE")
    before = execute(STATE)
    assert refused(lambda: forget(filled)).problem == Problem.DATABASE_RIGHT
    assert execute(STATE) == before


def test_d1_without_the_right_to_delete_attempts_the_grant_is_shown_and_nothing_happens(
    build: Build, role: str, execute: Execute
) -> None:
    execute(OWN_DDL + f'GRANT SELECT, INSERT ON attempts TO "{role}"')
    inserter = build(user=role)
    error = refused(lambda: inserter.open(STARTED))
    execute(error.details)
    inserter.open(STARTED)
    insert(inserter, SLICE)
    before = execute(STATE)
    error = refused(lambda: forget(inserter))
    assert error.problem == Problem.DATABASE_RIGHT
    assert error.details == 'GRANT DELETE ON attempts TO "lms reader";'
    assert execute(STATE) == before
    execute(error.details)
    assert forget(inserter).attempts == 2
