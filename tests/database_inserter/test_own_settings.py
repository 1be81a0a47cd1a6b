"""Roles and databases with settings of their own: a run means the same there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import Problem
from etl.models.records import Counts
from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from etl.postgres.figures import daily_figures, task_figures, totals_beside_earlier, usual
from etl.postgres.journal import report_debt
from etl.postgres.quarantine import quarantined
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
from tests.database_inserter.conftest import Build, Execute

RUN = record(attempt_type="run", is_correct=None, created_at="2023-05-31 00:00:00")
ODD = record(lti_user_id="back\\slash'quote", created_at="2023-05-31T23:59:59.999999")
SLICE = batch(record(), record(), record() | {"is_correct": 0}, RUN, ODD, '"\\\\u0000 \\\\ 17"')
COUNTS = Counts(received=6, inserted=3, duplicates=1, conflicting=1, rejected=1)

SETTINGS = [
    ("search_path", ""),
    ("search_path", "theirs, public"),
    ("DateStyle", "German, DMY"),
    ("TimeZone", "Pacific/Chatham"),
    ("client_encoding", "LATIN1"),
    ("bytea_output", "escape"),
    ("standard_conforming_strings", "off"),
    ("transform_null_equals", "on"),
    ("extra_float_digits", "-15"),
]


@pytest.mark.parametrize(("setting", "value"), SETTINGS)
def test_p13_a_run_means_the_same_whatever_is_set(
    build: Build, execute: Execute, setting: str, value: str
) -> None:
    ((name,),) = execute("SELECT current_database()")
    execute("CREATE SCHEMA theirs; CREATE TABLE public.incoming (position INT)")
    value = value if setting in {"search_path", "DateStyle"} and value else f"'{value}'"
    execute(f"ALTER DATABASE {name} SET {setting} = {value}")
    inserter = opened(build())
    assert insert(inserter, SLICE) == COUNTS
    assert insert(inserter, SLICE).inserted == 0
    assert inserter.progress().first_run_at == STARTED
    assert within(inserter, report_debt, UTC_ZONE).days == (DAY,)
    ((attempts, users, correct, runs, submits, day),) = [
        tuple(vars(figures).values()) for figures in within(inserter, daily_figures, [DAY])
    ]
    assert (attempts, users, correct, runs, submits, day) == (3, 2, 2, 1, 2, DAY)
    assert within(inserter, totals_beside_earlier, days(DAY))[0].attempts == 3
    assert len(within(inserter, task_figures, days(DAY))) == 1
    assert within(inserter, usual, [DAY], inserter.run_id).failed_runs == 0
    assert len(within(inserter, quarantined)[1]) == 2
    inserter.close(entry())
    assert inserter.page_figures().days
    assert inserter.check(due).endswith("all tables are there")
    assert execute("SELECT count(*) FROM public.incoming") == [(0,)]


@pytest.mark.parametrize(
    ("setting", "value", "used"),
    [
        ("default_transaction_isolation", "serializable", "read committed"),
        ("synchronous_commit", "off", "on"),
        ("synchronous_commit", "remote_apply", "remote_apply"),
        ("work_mem", "64", "64MB"),
        ("lock_timeout", "1h", "1min"),
        ("statement_timeout", "1s", "30min"),
        ("idle_in_transaction_session_timeout", "1h", "10min"),
        ("transaction_timeout", "1h", "0"),
    ],
)
def test_p13_what_a_run_relies_on_it_sets_itself(
    build: Build,
    execute: Execute,
    note_setting: Callable[[str], None],
    setting: str,
    value: str,
    used: str,
) -> None:
    if not execute(f"SELECT name FROM pg_settings WHERE name = '{setting}'"):
        pytest.skip("this PostgreSQL is older than the setting")  # the one that Windows gets
    ((name,),) = execute("SELECT current_database()")
    execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
    inserter = opened(build())
    note_setting(setting)
    assert insert(inserter, SLICE) == COUNTS
    assert {*execute("SELECT value FROM noted")} == {(used,)}


def test_p13_a_role_that_works_as_another_one(build: Build, role: str, execute: Execute) -> None:
    execute(
        "CREATE ROLE lms_owner; GRANT CREATE ON SCHEMA public TO lms_owner;"
        f' GRANT lms_owner TO "{role}"; ALTER ROLE "{role}" SET role = lms_owner'
    )
    try:
        inserter = opened(build(user=role))
        assert insert(inserter, SLICE) == COUNTS
        owner = "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'attempts'"
        assert execute(owner) == [("lms_owner",)]
        inserter.close(entry())
    finally:
        execute("DROP OWNED BY lms_owner CASCADE; DROP ROLE lms_owner")


def test_p13_read_only_is_the_administrators_will(
    build: Build, role: str, execute: Execute
) -> None:
    execute(f'ALTER ROLE "{role}" SET default_transaction_read_only = on')
    for step in (lambda: build(user=role).open(STARTED), lambda: build(user=role).check(due)):
        error = refused(step)
        assert error.problem == Problem.DATABASE_READ_ONLY
        assert error.facts == {"said": "default_transaction_read_only is on"}


def test_p13_a_replica_is_recognised(tmp_path: Path) -> None:
    """A server that waits for what a primary will do: it may be read."""
    data = tmp_path / "postgres"
    primary = start_embedded_server(data)
    inserter = opened(DatabaseInserter(lambda: primary, zone=UTC_ZONE))
    inserter.close(entry())
    leave_embedded_server(data)
    (data / "standby.signal").hardlink_to(data / "PG_VERSION")  # so that it has the owner's rights
    replica = DatabaseInserter(lambda: start_embedded_server(data), zone=UTC_ZONE)
    for step in (lambda: replica.open(STARTED), lambda: replica.check(due)):
        error = refused(step)
        assert error.problem == Problem.DATABASE_READ_ONLY
        assert error.facts == {"said": "this server is a replica"}
    assert replica.page_figures().runs
    leave_embedded_server(data)
