"""A server that waits, is full, or takes no writes: bounded, rolled back, told in its words."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import Problem
from etl.models.records import Counts
from tests.database_inserter.batches import STORED, batch, insert, opened, refused, within
from tests.database_inserter.conftest import Build, Execute

SLICE = batch(record(), record(lti_user_id="u2"), "17")
WHOLE = Counts(received=3, inserted=2, rejected=1)


def test_d3_a_table_that_somebody_holds_is_waited_for_no_longer_than_agreed(
    build: Build, colleague: connection
) -> None:
    waits: list[float] = []
    inserter = opened(build(lock_timeout_seconds=0.05, sleep=waits.append))
    colleague.cursor().execute("LOCK TABLE attempts IN EXCLUSIVE MODE")
    begun = monotonic()
    error = refused(lambda: insert(inserter, SLICE))
    assert 0.15 <= monotonic() - begun < 5
    assert len(waits) == 2
    assert max(waits) <= 10
    assert (error.problem, error.facts) == (
        Problem.DATABASE_WAIT,
        {"said": "canceling statement due to lock timeout (SQLSTATE 55P03)"},
    )
    colleague.rollback()
    assert insert(inserter, SLICE) == WHOLE


def test_d3_a_table_that_is_free_again_is_filled_by_the_next_try(
    build: Build, colleague: connection, execute: Execute
) -> None:
    inserter = opened(build(lock_timeout_seconds=0.05, sleep=lambda _: colleague.rollback()))
    colleague.cursor().execute("LOCK TABLE attempts IN EXCLUSIVE MODE")
    assert insert(inserter, SLICE) == WHOLE
    assert execute("SELECT count(*) FROM etl_slices") == [(1,)]


@pytest.mark.parametrize(
    ("code", "problem", "table"),
    [
        ("53100", Problem.DATABASE_FULL, "attempts"),
        ("57014", Problem.DATABASE_WAIT, "rejected_attempts"),
        ("25006", Problem.DATABASE_READ_ONLY, "etl_slices"),
    ],
)
def test_d4_what_the_server_gives_up_is_rolled_back_and_shown(
    inserter: DatabaseInserter,
    execute: Execute,
    on_insert: Callable[..., None],
    no_more_strikes: Callable[[], object],
    code: str,
    problem: Problem,
    table: str,
) -> None:
    """What a trigger says may quote the row, so its code alone is shown."""
    on_insert(f"RAISE EXCEPTION '%', new USING ERRCODE = '{code}'", table)
    error = refused(lambda: insert(inserter, SLICE))
    assert (error.problem, error.facts) == (problem, {"said": f"SQLSTATE {code}"})
    assert execute(STORED) == [(0, 0, 0)]
    no_more_strikes()
    assert insert(inserter, SLICE) == WHOLE


def test_d4_a_code_that_nobody_foresaw_is_shown_with_its_message(
    inserter: DatabaseInserter,
) -> None:
    error = refused(lambda: within(inserter, lambda at: at.execute("SELECTed FROM attempts")))
    assert error.problem == Problem.DATABASE_ERROR
    assert error.facts == {"said": 'syntax error at or near "SELECTed" (SQLSTATE 42601)'}
