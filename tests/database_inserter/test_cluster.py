"""What `--check` says of a Citus cluster, and the statements that it offers."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from etl.postgres.layouts import NO_PARTITION, SPREAD, Cluster
from etl.postgres.schema import VIEWS
from etl.postgres.session import refusing_rule
from etl.postgres.statements import statement
from tests.test_house_rules import PROJECT

BY_STUDENT = {"attempts": "user_id", "etl_student_task_days": "user_id"}
ALL = BY_STUDENT | {"etl_tasks": None, "etl_task_texts": None}


def described(columns: dict[str, str | None], *, is_complete: bool = True) -> list[str]:
    return Cluster("13.2", 2, columns).described(VIEWS, is_complete=is_complete).splitlines()


def sql_of(name: str) -> str:
    return statement(f"layouts.{name}", views=", ".join(VIEWS)) + ";"


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
    _, views, *statements = described({"attempts": "user_id"})
    assert views.startswith("DROP VIEW IF EXISTS ")
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


@pytest.mark.parametrize("name", ["distribute", "redistribute"])
def test_the_statements_drop_all_views(name: str) -> None:
    assert f"DROP VIEW IF EXISTS {', '.join(VIEWS)};\n" in sql_of(name)


def test_the_page_has_the_statements_as_they_are_offered() -> None:
    page = (PROJECT / "docs" / "scale.md").read_text("utf-8")
    assert f"```sql\n{sql_of('distribute')}\n```" in page


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ('new row for relation "attempts_102009" violates check constraint "late_102009"', "late"),
        ('новая строка в отношении "attempts_9" нарушает ограничение-проверку "late_9"', "late"),
        ("could not extend file: No space left on device", None),
    ],
)
def test_p12_what_a_worker_refuses_is_a_record_s_fault_if_it_names_a_rule(
    message: str, rule: str | None
) -> None:
    assert refusing_rule(refused_by_a_worker(message)) == (rule and f"23000 {rule}")


@pytest.mark.parametrize(
    "message",
    [
        'no partition of relation "attempts_102013" found for row',
        'для строки не найдена секция в отношении "attempts_102013"',
    ],
)
def test_p15_a_month_that_a_worker_misses_is_known_as_on_one_server(message: str) -> None:
    assert refusing_rule(refused_by_a_worker(message)) == NO_PARTITION
