"""One run at a time on one database, also after it has lost its session."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import ExitCode, LockedError
from etl.models.records import Counts
from tests.conftest import Parameters
from tests.database_inserter.batches import STARTED, UTC_ZONE, batch, entry, insert, opened
from tests.database_inserter.conftest import Build, Execute
from tests.database_inserter.pooler import Pooler

RUNS = "SELECT count(*) FROM etl_runs"


def test_d6_the_second_run_is_locked_out_and_writes_nothing(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    for _ in range(2):
        second = build()
        with pytest.raises(LockedError) as caught:
            second.open(STARTED)
        assert caught.value.exit_code == ExitCode.LOCKED
        second.close(entry())
    assert execute(RUNS) == [(1,)]
    assert execute("SELECT status FROM etl_runs") == [("running",)]
    inserter.progress()


def test_d6_the_end_of_a_run_frees_the_lock(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    inserter.close(entry())
    build().open(STARTED)
    assert execute(RUNS) == [(2,)]


def test_d6_runs_on_two_databases_of_one_server_do_not_meet(
    inserter: DatabaseInserter, build: Build, database: Parameters, execute: Execute
) -> None:
    execute("CREATE DATABASE another")
    try:
        opened(build(server={**database, "dbname": "another"})).close(entry())
    finally:
        execute("DROP DATABASE another WITH (FORCE)")


def test_d6_somebody_elses_advisory_locks_are_not_ours(colleague: connection, build: Build) -> None:
    with colleague.cursor() as at:
        at.execute("SELECT pg_advisory_lock(1)")
    build().open(STARTED)


SLICE = batch(record(), record(lti_user_id="u2"))
WHOLE = Counts(received=2, inserted=2)
Kill = Callable[[], object]


def wait_for_the_end(of: Execute, application: str) -> None:
    for _ in range(10_000):
        if of(f"SELECT 1 FROM pg_stat_activity WHERE application_name = '{application}'") == []:
            return
    raise AssertionError(f"{application} is still there")


def test_p10_an_administrators_idle_session_timeout_does_not_end_a_run(
    database: Parameters, build: Build, execute: Execute, caplog: pytest.LogCaptureFixture
) -> None:
    execute(f"ALTER DATABASE {database['dbname']} SET idle_session_timeout = '1s'")
    inserter = opened(build())
    session = psycopg2.connect(**database, application_name="somebody else")
    wait_for_the_end(execute, "somebody else")
    assert insert(inserter, SLICE) == WHOLE
    assert caplog.records == []
    session.close()


def test_p10_a_session_that_was_ended_while_idle_is_opened_again_with_the_lock(
    inserter: DatabaseInserter, build: Build, execute: Execute, kill_runs: Kill
) -> None:
    for _ in range(2):
        kill_runs()
        inserter.progress()
    kill_runs()
    assert insert(inserter, SLICE) == WHOLE
    with pytest.raises(LockedError):
        build().open(STARTED)
    kill_runs()
    inserter.close(entry())
    assert execute("SELECT status FROM etl_runs") == [("succeeded",)]
    build().open(STARTED)


def test_p10_a_run_that_lost_the_lock_to_another_one_writes_nothing_more(
    inserter: DatabaseInserter, build: Build, execute: Execute, kill_runs: Kill
) -> None:
    kill_runs()
    other = opened(build())
    with pytest.raises(LockedError) as caught:
        insert(inserter, SLICE)
    assert caught.value.exit_code == ExitCode.LOCKED
    inserter.close(entry())
    assert execute("SELECT count(*) FROM attempts") == [(0,)]
    assert execute("SELECT status FROM etl_runs ORDER BY id") == [("failed",), ("running",)]
    assert insert(other, SLICE) == WHOLE


def test_p10_a_server_that_is_not_back_yet_is_waited_for(
    database: Parameters, execute: Execute, kill_runs: Kill
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        restarting = {**database, "host": "127.0.0.1", "port": nobody.getsockname()[1]}
        servers: Iterator[Parameters] = iter([database, restarting, restarting, database])
        waits: list[float] = []
        inserter = DatabaseInserter(lambda: next(servers), zone=UTC_ZONE, sleep=waits.append)
        inserter.open(STARTED)
        kill_runs()
        assert insert(inserter, SLICE) == WHOLE
    assert len(waits) == 2
    inserter.close(entry())


def test_p10_the_backend_of_a_connection_that_a_firewall_forgot_does_not_keep_the_lock(
    database: Parameters, build: Build, execute: Execute
) -> None:
    with Pooler(database, "session") as pooler:
        inserter = opened(build(server=pooler.parameters))
        pooler.forget_clients()
        assert insert(inserter, SLICE) == WHOLE
        with pytest.raises(LockedError):
            build().open(STARTED)
        inserter.close(entry())
