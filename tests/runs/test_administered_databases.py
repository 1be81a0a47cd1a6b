"""Whole runs on databases as administrators set them up."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from tests.analysis.page import section, sql_in
from tests.conftest import NOW, Parameters, Run, World, letter_texts, log_text
from tests.database_inserter.batches import UTC_ZONE, entry
from tests.database_inserter.pooler import Pooler
from tests.grader_faults import Exchange, as_json

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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("refused 1 record by rules of its own: 23514 late (1)", "refused by the database")),
        ("ru", ("не приняла 1\N{NO-BREAK SPACE}запись", "не принята базой данных")),
    ],
)
def test_p12_a_letter_names_the_rule_and_no_student(
    world: World, run: Run, select: Select, tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    sent = [record(lti_user_id=f"student-{n}", created_at="2026-03-08 12:00:00") for n in range(9)]
    world.grader.always(as_json(sent))
    assert run("--report-only") == 0
    select("ALTER TABLE attempts ADD CONSTRAINT late CHECK (user_id <> 'student-3')")
    assert run(REPORT_LANGUAGE=language) == 0
    assert select("SELECT received, inserted, rejected FROM etl_runs ORDER BY id DESC LIMIT 1") == [
        (9, 8, 1)
    ]
    letter = letter_texts(world)[-1]
    assert letter.startswith("⚠️")
    assert all(one in letter for one in words)
    assert "23514 late" in log_text(tmp_path)
    assert "student-3" not in letter + log_text(tmp_path)
    select("ALTER TABLE attempts DROP CONSTRAINT late")
    assert run("--replay-rejected") == 0
    assert select("SELECT count(*) FROM attempts") == [(9,)]


def test_p12_a_table_that_refuses_all_ends_the_run(
    world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    assert run("--report-only") == 0
    select("ALTER TABLE attempts ADD CONSTRAINT late CHECK (user_id = '')")
    assert run() == 5
    assert "Its rules, by SQLSTATE and name: 23514 late" in letter_texts(world)[-1]
    assert select("SELECT count(*) FROM attempts") == [(0,)]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "no partition for 2026-03 (UTC)"), ("ru", "нет секции для 2026-03 (UTC)")],
)
def test_p15_a_letter_has_the_statement_that_makes_the_month(
    world: World, run: Run, select: Select, language: str, sentence: str
) -> None:
    table, _ = sql_in(section("A new database", "scale.md"))
    select(table)
    assert run(REPORT_LANGUAGE=language) == 5
    assert run("--check") == 5
    letter = letter_texts(world)[-1]
    statement, *_ = re.findall("CREATE TABLE attempts_2026_03 .+;", letter)
    assert sentence in letter
    assert select("SELECT status, failed_stage FROM etl_runs") == [("failed", "load")]
    select(statement)
    assert run("--check") == 0
    assert run() == 0
    assert select("SELECT count(*) > 0 FROM attempts_2026_03") == [(True,)]
