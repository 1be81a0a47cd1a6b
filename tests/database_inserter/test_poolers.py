"""Behind a pooler the lock keeps other runs out, or nothing is done at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from etl.demo.campus import record
from etl.models.errors import LockedError, Problem
from etl.postgres.session import LOCK_KEY
from tests.conftest import Parameters, rows_in
from tests.database_inserter.batches import STARTED, batch, due, entry, insert, opened, refused
from tests.database_inserter.conftest import Build, Execute
from tests.database_inserter.pooler import Pooler

# Of a backend that has been lent: what a session would leave there.
LEFT_BEHIND = (
    "SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),"
    " (SELECT count(*) FROM pg_settings WHERE source = 'session'),"
    " (SELECT count(*) FROM pg_prepared_statements),"
    " (SELECT count(*) FROM pg_class WHERE relpersistence = 't')"
)


def assert_refused(step: Callable[[], object]) -> None:
    assert refused(step).problem == Problem.DATABASE_POOLER


@pytest.mark.parametrize(
    ("mode", "in_turn", "idle"),
    [
        ("transaction", False, 0),
        ("transaction", False, 2),
        ("transaction", True, 2),
        ("transaction", True, 7),
        ("statement", False, 1),
    ],
)
def test_p11_a_pooler_that_lends_for_less_than_a_session_is_refused_at_once(
    database: Parameters, build: Build, execute: Execute, mode: Any, in_turn: bool, idle: int
) -> None:
    with Pooler(database, mode, idle=idle, in_turn=in_turn) as pooler:
        assert_refused(lambda: build(server=pooler.parameters).open(STARTED))
        assert_refused(lambda: build(server=pooler.parameters).check(due))
        assert execute("SELECT to_regclass('attempts')") == [(None,)]
        for _ in pooler.idle:
            assert rows_in(pooler.parameters, LEFT_BEHIND) == [(0, 0, 0, 0)]


@pytest.mark.parametrize("clients", [1, 1000], ids=["full", "roomy"])
def test_p11_a_pooler_in_session_mode_keeps_runs_apart(
    database: Parameters, build: Build, clients: int
) -> None:
    with Pooler(database, "session", clients=clients) as pooler:
        inserter = opened(build(server=pooler.parameters))
        assert insert(inserter, batch(record())).inserted == 1
        with pytest.raises(LockedError):
            build().open(STARTED)
        inserter.close(entry())
        opened(build())


def test_p11_a_run_writes_nothing_from_a_backend_without_the_lock(
    database: Parameters, build: Build, execute: Execute
) -> None:
    """The pooler lets one client in, so it could not be recognised at once."""
    with Pooler(database, "transaction", clients=1) as pooler:
        inserter = opened(build(server=pooler.parameters))
        insert(inserter, batch(record()))
        pooler.idle.append(pooler.new_backend())
        again = batch(record(lti_user_id="u2"))
        assert_refused(lambda: insert(inserter, again))
    assert execute("SELECT count(*) FROM attempts") == [(1,)]


def test_p11_a_backend_that_holds_the_lock_already_gives_it_to_nobody(
    database: Parameters, build: Build, execute: Execute
) -> None:
    with Pooler(database, "transaction", clients=2) as pooler:
        rows_in(pooler.parameters, f"SELECT pg_advisory_lock({LOCK_KEY})")
        assert_refused(lambda: build(server=pooler.parameters).open(STARTED))
    assert execute("SELECT to_regclass('attempts')") == [(None,)]
