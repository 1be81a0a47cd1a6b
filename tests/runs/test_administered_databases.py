"""Whole runs on databases as administrators set them up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.grader.behaviours import Exchange
from etl.demo.world import World
from tests.conftest import NOW, Parameters, Run, letter_texts, log_text
from tests.database_inserter.batches import UTC_ZONE, entry
from tests.database_inserter.pooler import Pooler

Select = Callable[[str], list[tuple[Any, ...]]]

END_SESSIONS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE application_name = 'lms-etl' AND datname = current_database()"
)


def while_the_grader_thinks(world: World, *steps: Callable[[], object]) -> None:
    def behave(exchange: Exchange) -> None:
        for step in steps:
            step()
        exchange.good()(exchange)

    world.grader.then(behave)


def test_p10_a_session_that_ends_while_the_grader_thinks_costs_nothing(
    world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    while_the_grader_thinks(world, lambda: select(END_SESSIONS))
    assert run() == 0
    assert select("SELECT status, inserted > 0 FROM etl_runs") == [("succeeded", True)]
    assert "it is opened again" in log_text(tmp_path)


def test_p10_another_run_that_got_the_lock_meanwhile_goes_on_alone(
    world: World, run: Run, select: Select, database: Parameters
) -> None:
    other = DatabaseInserter(lambda: database, zone=UTC_ZONE)
    while_the_grader_thinks(world, lambda: select(END_SESSIONS), lambda: other.open(NOW))
    assert run() == 75
    assert world.mail.letters == []
    assert select("SELECT count(*) FROM attempts") == [(0,)]
    other.close(entry())


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "a pool in session mode"), ("ru", "пул в режиме сеансов")],
)
def test_p11_a_run_behind_a_pooler_says_what_to_do(
    world: World,
    run: Run,
    database: Parameters,
    select: Select,
    tmp_path: Path,
    language: str,
    sentence: str,
) -> None:
    with Pooler(database, "transaction") as pooler:
        there = {"DB_HOST": "127.0.0.1", "DB_PORT": str(pooler.parameters["port"])}
        assert run(**there, REPORT_LANGUAGE=language) == 5
        assert world.grader.requests == []
        assert run("--check", **there) == 5
        assert run("--backup", "backup.dump", **there) == 5
    assert sentence in letter_texts(world)[0]
    assert log_text(tmp_path).count("pooler in transaction mode") == 3
    assert select("SELECT to_regclass('attempts')") == [(None,)]
