"""Whatever breaks leaves nothing of the slice, and the same slice comes in whole later."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.background import in_background
from etl.models.errors import LoadError, Problem, Stage, Terminated
from etl.models.records import Counts
from etl.pipeline.failures import failure_of
from etl.pipeline.run import terminable
from etl.postgres.figures import usual
from etl.postgres.journal import mark_reported, report_debt
from tests.database_inserter.batches import (
    DAY,
    STARTED,
    STORED,
    UTC_ZONE,
    Slice,
    batch,
    days,
    entry,
    insert,
    opened,
    refused,
    within,
)
from tests.database_inserter.conftest import Build, Execute

SLICE = batch(record(), record(), record(lti_user_id="u2"), "17")
WHOLE = Counts(received=4, inserted=2, duplicates=1, rejected=1)
Kill = Callable[[], object]

NOTHING, EVERYTHING = [(0, 0, 0)], [(2, 1, 1)]


class Fuse:
    """A value of a row: as the row is written for COPY, something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = happens

    def __hash__(self) -> int:
        self._happens()
        return hash(True)

    def __eq__(self, other: object) -> bool:
        return other is True


def with_fuse(happens: Callable[[], object]) -> Slice:
    rows = SLICE.batch.rows.copy()
    rows.loc[rows.index[-1], "is_correct"] = Fuse(happens)
    return replace(SLICE, batch=replace(SLICE.batch, rows=rows))


def insert_later(build: Build) -> Counts:
    """By a run of its own, as the next one would."""
    later = opened(build())
    return insert(later, SLICE)


def test_d2_a_connection_lost_during_copy_costs_nothing(
    inserter: DatabaseInserter, build: Build, execute: Execute, kill_runs: Kill
) -> None:
    error = refused(lambda: insert(inserter, with_fuse(kill_runs)))
    assert error.problem == Problem.DATABASE_CONNECTION_LOST
    assert execute(STORED) == NOTHING
    assert insert_later(build) == WHOLE


@pytest.mark.parametrize("table", ["attempts", "rejected_attempts", "etl_slices"])
def test_d2_a_connection_lost_while_rows_come_in_costs_nothing(
    inserter: DatabaseInserter,
    build: Build,
    execute: Execute,
    on_insert: Callable[..., None],
    no_more_strikes: Callable[[], object],
    table: str,
) -> None:
    on_insert("PERFORM pg_terminate_backend(pg_backend_pid())", table)
    assert refused(lambda: insert(inserter, SLICE)).problem == Problem.DATABASE_CONNECTION_LOST
    assert execute(STORED) == NOTHING
    no_more_strikes()
    assert insert_later(build) == WHOLE


def test_d2_a_connection_lost_before_commit_is_not_opened_again_and_costs_nothing(
    build: Build, execute: Execute, kill_runs: Kill
) -> None:
    def redact(text: str) -> str:
        kill_runs()
        return text

    inserter = opened(build(redact=redact))
    error = refused(lambda: insert(inserter, SLICE))
    assert error.problem == Problem.DATABASE_CONNECTION_LOST
    assert execute(STORED) == NOTHING
    inserter.close(entry(status="failed", error="the connection was lost"))
    assert execute("SELECT status, error FROM etl_runs") == [("failed", "the connection was lost")]
    assert insert_later(build) == WHOLE


def test_d2_a_connection_lost_after_commit_doubles_nothing(
    inserter: DatabaseInserter, build: Build, execute: Execute, kill_runs: Kill
) -> None:
    insert(inserter, SLICE)
    kill_runs()
    assert insert_later(build) == Counts(received=4, duplicates=3, rejected=1)
    assert execute(STORED) == [(2, 1, 2)]


def test_nothing_is_left_of_a_killed_run_once_a_person_has_loaded_its_days(
    inserter: DatabaseInserter, build: Build, kill_runs: Kill
) -> None:
    insert(inserter, batch(window=days(DAY - timedelta(days=1))))
    kill_runs()
    by_hand = build()
    by_hand.open(STARTED, "run --from 2023-05-31 --to 2023-05-31")
    assert within(by_hand, usual, [DAY], by_hand.run_id).failed_runs == 1
    insert(by_hand, SLICE)
    within(by_hand, mark_reported, within(by_hand, report_debt, UTC_ZONE), STARTED)
    by_hand.close(entry())
    later = opened(build())
    assert within(later, usual, [DAY], later.run_id).failed_runs == 0


@pytest.mark.parametrize("kind", [Terminated, KeyboardInterrupt])
def test_d8_what_ends_the_run_before_copy_rolls_the_slice_back(
    inserter: DatabaseInserter, execute: Execute, kind: type[BaseException]
) -> None:
    def end() -> None:
        raise kind

    with pytest.raises(kind):
        insert(inserter, with_fuse(end))
    assert execute(STORED) == NOTHING
    assert insert(inserter, SLICE) == WHOLE


@pytest.mark.parametrize("kind", [Terminated, KeyboardInterrupt])
def test_d8_what_ends_the_run_before_commit_rolls_the_slice_back(
    build: Build, execute: Execute, kind: type[BaseException]
) -> None:
    ends = [kind()]

    def redact(text: str) -> str:
        if ends:
            raise ends.pop()
        return text

    inserter = opened(build(redact=redact))
    with pytest.raises(kind):
        insert(inserter, SLICE)
    assert execute(STORED) == NOTHING
    assert insert(inserter, SLICE) == WHOLE
    assert execute(STORED) == EVERYTHING


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize("is_deaf", [False, True], ids=["busy", "deaf"])
def test_s4_a_signal_ends_a_statement_that_does_not_end(
    build: Build, execute: Execute, on_insert: Callable[..., None], kill_runs: Kill, is_deaf: bool
) -> None:
    execute("CREATE SEQUENCE woken")  # a rollback leaves it as it is
    inserter = opened(build())
    on_insert("PERFORM pg_sleep(20); PERFORM nextval('woken')")

    def stop() -> None:
        while not execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    cancel = (lambda: None) if is_deaf else inserter.cancel
    try:
        with terminable(cancel, inserter.hang_up):
            in_background(stop)
            insert(inserter, SLICE)
    except (Terminated, LoadError) as error:
        assert failure_of(error, Stage.LOAD).problem == Problem.TERMINATED  # noqa: PT017
    inserter.close(entry())
    kill_runs()
    assert execute("SELECT is_called FROM woken") == [(False,)]
    assert execute(STORED) == NOTHING
    assert execute("SELECT finished_at IS NULL FROM etl_runs") == [(is_deaf,)]
