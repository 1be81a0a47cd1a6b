"""One run at a time on one database, from whatever host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import ExitCode, LockedError
from tests.conftest import Parameters
from tests.database_inserter.batches import STARTED, UTC_ZONE, entry, insert
from tests.database_inserter.conftest import Build, Execute

RUNS = "SELECT count(*) FROM etl_runs"


def test_d6_the_second_run_is_locked_out_and_writes_nothing(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    second = build()
    with pytest.raises(LockedError) as caught:
        second.open(STARTED)
    assert caught.value.exit_code == ExitCode.LOCKED
    second.close(entry())
    assert execute(RUNS) == [(1,)]
    assert execute("SELECT status FROM etl_runs") == [("running",)]
    inserter.progress()


def test_d6_a_run_that_was_locked_out_leaves_the_lock_where_it_was(
    inserter: DatabaseInserter, build: Build
) -> None:
    for _ in range(2):
        second = build()
        with pytest.raises(LockedError):
            second.open(STARTED)
        second.close(entry())


def test_d6_the_end_of_a_run_frees_the_lock(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    inserter.close(entry())
    build().open(STARTED)
    assert execute(RUNS) == [(2,)]


def test_d6_a_run_that_is_killed_frees_the_lock(
    inserter: DatabaseInserter, build: Build, execute: Execute, kill_runs: Callable[[], object]
) -> None:
    kill_runs()
    build().open(STARTED)
    assert execute(RUNS) == [(2,)]


def test_d6_a_transaction_that_fails_keeps_the_lock(
    inserter: DatabaseInserter, build: Build
) -> None:
    with pytest.raises(AttributeError):
        insert(inserter, None)  # type: ignore[arg-type]
    with pytest.raises(LockedError):
        build().open(STARTED)


def test_d6_runs_on_two_databases_of_one_server_do_not_meet(
    inserter: DatabaseInserter, database: Parameters, execute: Execute
) -> None:
    execute("CREATE DATABASE another")
    elsewhere = DatabaseInserter(lambda: {**database, "dbname": "another"}, zone=UTC_ZONE)
    try:
        elsewhere.open(STARTED)
    finally:
        elsewhere.close(entry())
        execute("DROP DATABASE another WITH (FORCE)")


def test_d6_somebody_elses_advisory_locks_are_not_ours(colleague: connection, build: Build) -> None:
    with colleague.cursor() as at:
        at.execute("SELECT pg_advisory_lock(1)")
    build().open(STARTED)
