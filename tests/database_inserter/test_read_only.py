"""A dry run and a check read, and nothing else."""

from __future__ import annotations

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import LoadError, Problem
from etl.postgres.schema import TABLES
from tests.database_inserter.batches import DAY, STARTED, batch, days, due, insert, refused
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

CATALOGUE = """
SELECT array_agg(oid::text || relname ORDER BY oid)::text FROM pg_class
UNION ALL SELECT array_agg(nspname ORDER BY oid)::text FROM pg_namespace
"""
ROWS = "SELECT status, (SELECT last_value FROM etl_runs_id_seq) FROM etl_runs"


def test_a_look_at_an_empty_database_leaves_it_empty(build: Build, execute: Execute) -> None:
    before = execute(CATALOGUE)
    assert build().peek_progress().watermark is None
    told = build().check(due)
    version, tables = told.split(", the next run creates ")
    assert version.startswith("within this machine, PostgreSQL ")
    assert tables.split(", ") == [*TABLES]
    assert execute(CATALOGUE) == before


def test_a_look_needs_no_lock_and_writes_no_row(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    insert(inserter, batch(record()))
    before = execute(CATALOGUE), execute(ROWS)
    assert build().peek_progress().watermark == days(DAY).end
    assert build().check(due).endswith(", 1 attempts, all tables are there")
    assert (execute(CATALOGUE), execute(ROWS)) == before


def test_a_look_ends_its_session(build: Build, execute: Execute) -> None:
    build().check(due)
    build().peek_progress()
    with pytest.raises(LoadError):
        build(user="nobody").check(due)
    count = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'lms-etl' AND datname = current_database()"
    )
    for _ in range(1000):  # a session's end is seen a moment later
        if execute(count) == [(0,)]:
            return
    raise AssertionError("somebody stayed")


def test_d1_a_check_says_the_right_that_is_missing_as_a_run_would(
    build: Build, role: str, execute: Execute
) -> None:
    checked = refused(lambda: build(user=role).check(due))
    opened = refused(lambda: build(user=role).open(STARTED))
    assert (checked.facts, checked.details) == (opened.facts, opened.details)
    assert checked.problem == opened.problem == Problem.DATABASE_RIGHT
    execute(checked.details)
    assert build(user=role).check(due).endswith("all tables are there")


def test_a_check_of_half_of_the_tables_names_the_rest(build: Build, execute: Execute) -> None:
    execute(f"{OWN_DDL} GRANT CREATE ON SCHEMA public TO PUBLIC")
    told = build().check(due)
    assert "everybody may create tables" in told
    rest = ", ".join(name for name in TABLES if name != "attempts")
    assert told.endswith(f", the next run creates {rest}")
