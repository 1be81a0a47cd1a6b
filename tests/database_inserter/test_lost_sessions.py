"""A session that is lost while the grader thinks comes back with the lock, or the run is over."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import psycopg2
import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import ExitCode, LoadError, LockedError, Problem
from etl.models.records import Counts
from tests.conftest import Parameters
from tests.database_inserter.batches import STARTED, UTC_ZONE, batch, entry, insert
from tests.database_inserter.conftest import Build, Execute
from tests.database_inserter.pooler import Pooler

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
    inserter = build()
    inserter.open(STARTED)
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
    other = build()
    other.open(STARTED)
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
        inserter = DatabaseInserter(lambda: pooler.parameters, zone=UTC_ZONE, sleep=lambda _: None)
        inserter.open(STARTED)
        pooler.forget_clients()
        assert insert(inserter, SLICE) == WHOLE
        with pytest.raises(LockedError):
            build().open(STARTED)
        inserter.close(entry())


def test_p10_a_session_lost_in_a_transaction_is_not_taken_for_an_idle_one(
    build: Build, execute: Execute, kill_runs: Kill
) -> None:
    def redact(text: str) -> str:
        kill_runs()
        return text

    inserter = build(redact=redact)
    inserter.open(STARTED)
    with pytest.raises(LoadError) as caught:
        insert(inserter, batch("17"))
    assert caught.value.problem == Problem.DATABASE_CONNECTION_LOST
    inserter.close(entry(status="failed", error="the connection was lost"))
    assert execute("SELECT status, error FROM etl_runs") == [("failed", "the connection was lost")]
