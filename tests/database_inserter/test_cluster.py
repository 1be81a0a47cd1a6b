"""What `--check` says of a Citus cluster, and the statements that it offers."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import Problem
from etl.postgres.clients import back_up
from etl.postgres.layouts import NO_PARTITION, SPREAD, Cluster
from etl.postgres.schema import VIEWS
from etl.postgres.session import refusing_rule
from etl.postgres.statements import statement
from tests.conftest import Parameters
from tests.database_inserter.batches import DAY, STARTED, due, entry, opened, refused
from tests.database_inserter.conftest import Build, Execute
from tests.test_house_rules import PROJECT

# A stand-in for Citus: what the workers answer, when they are asked for prepared transactions.
WORKERS = """
SET allow_system_table_mods = on;
INSERT INTO pg_extension VALUES (16001, 'citus', 10, 11, false, '13.2-1');
CREATE TABLE answers AS SELECT 'w' || n AS nodename, 5432 AS nodeport, true AS success, '' AS result
FROM generate_series(1, 2) AS n;
CREATE FUNCTION run_command_on_workers(text) RETURNS SETOF answers LANGUAGE SQL
AS 'SELECT * FROM answers';
"""
RULE = "23000 late"
PREPARED = "UPDATE answers SET result = 'citus_0_1_2_3' WHERE nodename = 'w2'"
ALL: dict[str, str | None] = {**dict.fromkeys(SPREAD), "attempts": "user_id"}


def described(columns: dict[str, str | None], *, is_complete: bool = True) -> list[str]:
    return Cluster("13.2", 2, columns).described(VIEWS, is_complete=is_complete).splitlines()


def sql_of(name: str) -> str:
    return statement(f"layouts.{name}", views=", ".join(VIEWS)) + ";"


def test_xk1_nothing_is_counted_while_a_worker_holds_a_transaction_prepared(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    inserter.close(entry())
    execute(WORKERS + PREPARED)
    waits: list[float] = []

    def recover(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            execute("UPDATE answers SET result = ''")

    later = opened(build(sleep=recover))
    assert len(waits) == 3
    execute(PREPARED)
    error = refused(lambda: later.repair([DAY]))
    assert (error.problem, error.facts) == (Problem.DATABASE_UNSETTLED, {"workers": "w2:5432"})
    assert sum(waits) > 100


def test_xk2_a_worker_that_does_not_answer_is_named(
    build: Build, database: Parameters, execute: Execute, tmp_path: Path
) -> None:
    execute(WORKERS + "UPDATE answers SET success = false, result = 'no ' || nodename")
    for step in (
        lambda: build().open(STARTED),
        lambda: build().rebuild(),
        lambda: build().check(due),
        lambda: build().page_figures(),
        lambda: back_up(database, tmp_path / "never", print),
    ):
        assert refused(step).facts == {"said": "no w1; no w2"}


def refused_by_a_worker(message: str) -> Any:
    diagnostics = SimpleNamespace(source_function="ReportCopyError", message_primary=message)
    return SimpleNamespace(pgcode="XX000", diag=diagnostics)


def test_a_cluster_that_holds_all_as_it_should_needs_nothing() -> None:
    assert described(ALL) == ["Citus 13.2, attempts distributed by user_id over 2 workers"]


def test_a_coordinator_that_holds_all_is_offered_all_statements() -> None:
    sentence, *statements = described({})
    assert "Citus 13.2 with 2 workers that hold nothing of ours" in sentence
    assert statements == sql_of("distribute").splitlines()


def test_what_is_spread_already_is_not_offered_again() -> None:
    statements = described({"attempts": "user_id"})[3:]
    assert [re.findall(r"'(\w+)'", one)[0] for one in statements] == [*SPREAD[1:]]


def test_tables_that_are_not_there_yet_cannot_be_spread() -> None:
    for columns in ({}, {"attempts": "user_id"}):
        (sentence,) = described(columns, is_complete=False)
        assert sentence.endswith("once all tables are there, --check says how to spread them")


@pytest.mark.parametrize("is_complete", [False, True])
def test_another_column_is_named_with_its_mend(is_complete: bool) -> None:
    sentence, *statements = described({"attempts": "id"}, is_complete=is_complete)
    assert "attempts is distributed by id: duplicates cannot be refused there" in sentence
    assert statements == sql_of("redistribute").splitlines()


def test_xk3_the_page_has_the_statements_as_they_are_offered() -> None:
    page = (PROJECT / "docs" / "scale.md").read_text("utf-8")
    assert f"```sql\n{sql_of('distribute')}\n```" in page


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ('new row for relation "attempts_102009" violates check constraint "late_102009"', RULE),
        ('новая строка в отношении "attempts_9" нарушает ограничение-проверку "late_9"', RULE),
        ("could not extend file: No space left on device", None),
        ('no partition of relation "attempts_102013" found for row', NO_PARTITION),
        ('для строки не найдена секция в отношении "attempts_102013"', NO_PARTITION),
    ],
)
def test_p12_what_a_worker_refuses_is_a_record_s_fault_if_it_names_a_rule(
    message: str, rule: str | None
) -> None:
    assert refusing_rule(refused_by_a_worker(message)) == rule
