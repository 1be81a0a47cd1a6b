"""Whole runs on databases as administrators set them up."""

from __future__ import annotations

import re
from pathlib import Path

from etl.demo.campus import record
from tests.analysis.page import section, sql_in
from tests.conftest import Parameters, Run, Select, World, letter_texts, log_text
from tests.database_inserter.pooler import Pooler
from tests.grader_faults import Exchange, as_json

END_SESSIONS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE application_name = 'lms-etl' AND datname = current_database()"
)


def test_p10_a_session_that_ends_while_the_grader_thinks_costs_nothing(
    world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    def behave(exchange: Exchange) -> None:
        select(END_SESSIONS)
        exchange.good()(exchange)

    world.grader.then(behave)
    assert run() == 0
    assert select("SELECT status, inserted > 0 FROM etl_runs") == [("succeeded", True)]
    assert "it is opened again" in log_text(tmp_path)


def test_p11_a_run_behind_a_pooler_says_what_to_do(
    world: World, run: Run, database: Parameters, select: Select, tmp_path: Path
) -> None:
    with Pooler(database, "transaction") as pooler:
        there = {"DB_HOST": "127.0.0.1", "DB_PORT": str(pooler.parameters["port"])}
        assert run(**there) == 5
        assert world.grader.requests == []
        assert run("--check", **there) == 5
        assert run("--backup", "backup.dump", **there) == 5
    assert "a pool in session mode" in letter_texts(world)[0]
    assert log_text(tmp_path).count("pooler in transaction mode") == 3
    assert select("SELECT to_regclass('attempts')") == [(None,)]


def test_p12_a_letter_names_the_rule_and_no_student(
    world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    sent = [record(lti_user_id=f"student-{n}", created_at="2026-03-08 12:00:00") for n in range(9)]
    world.grader.always(as_json(sent))
    assert run("--report-only") == 0
    select("ALTER TABLE attempts ADD CONSTRAINT late CHECK (user_id <> 'student-3')")
    assert run() == 0
    assert select("SELECT received, inserted, rejected FROM etl_runs ORDER BY id DESC LIMIT 1") == [
        (9, 8, 1)
    ]
    letter = letter_texts(world)[-1]
    assert letter.startswith("⚠️")
    assert "refused 1 record by rules of its own: 23514 late (1)" in letter
    assert "refused by the database" in letter
    assert "23514 late" in log_text(tmp_path)
    assert "student-3" not in letter + log_text(tmp_path)
    select("ALTER TABLE attempts DROP CONSTRAINT late")
    assert run("--replay-rejected") == 0
    assert select("SELECT count(*) FROM attempts") == [(9,)]


def test_p15_a_letter_has_the_statement_that_makes_the_month(
    world: World, run: Run, select: Select
) -> None:
    table, _ = sql_in(section("A new database", "scale.md"))
    select(table)
    assert run() == 5
    assert run("--check") == 5
    letter = letter_texts(world)[-1]
    statement, *_ = re.findall("CREATE TABLE attempts_2026_03 .+;", letter)
    assert "no partition for 2026-03 (UTC)" in letter
    assert select("SELECT status, failed_stage FROM etl_runs") == [("failed", "load")]
    select(statement)
    assert run("--check") == 0
    assert run() == 0
    assert select("SELECT count(*) > 0 FROM attempts_2026_03") == [(True,)]
