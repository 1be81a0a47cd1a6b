"""The roles of docs/analysis.md, made by its statements as they stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege

from etl.components.database_inserter import DatabaseInserter
from etl.postgres.schema import TABLES, VIEWS
from tests.analysis.campus import ATTEMPTS
from tests.analysis.page import section, sql_in
from tests.conftest import Parameters

Execute = Callable[[str], list[tuple[Any, ...]]]
WITH_USER_ID = """
SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND attname = 'user_id'
"""
# Whole records, and the texts of the LMS: both may name students. And who is to be forgotten.
FOR_NO_ANALYST = {"rejected_attempts", "etl_task_texts", "etl_forgotten"}
WRITING = ("INSERT INTO etl_tasks VALUES (9)", "DELETE FROM etl_runs", "CREATE TABLE mine (n INT)")

Ask = Callable[[str, str], list[tuple[Any, ...]]]


@pytest.fixture
def ask(campus: DatabaseInserter, database: Parameters, select: Execute) -> Iterator[Ask]:
    """`ask(role, query)` in a database with the small campus and the page's roles."""
    grants, *_of_a_cluster = sql_in(section("Rights"))
    select(grants)

    def answer(role: str, query: str) -> list[tuple[Any, ...]]:
        session = psycopg2.connect(**database)
        try:
            with session, session.cursor() as at:
                at.execute(f"SET ROLE {role}")
                at.execute(query)
                return at.fetchall() if at.description else []
        finally:
            session.close()

    yield answer
    select("DROP OWNED BY lms_figures, lms_students, metabase CASCADE")
    select("DROP ROLE lms_figures, lms_students, metabase")


def seen_by(role: str, ask: Ask) -> set[str]:
    seen = set()
    for name in (*TABLES, *VIEWS):
        try:
            ask(role, f"SELECT * FROM {name}")
        except InsufficientPrivilege:
            continue
        seen.add(name)
    return seen


def test_who_sees_the_figures_sees_no_student(ask: Ask, select: Execute) -> None:
    of_students = {name for (name,) in select(WITH_USER_ID)}
    expected = {*TABLES, *VIEWS} - of_students - FOR_NO_ANALYST
    assert seen_by("lms_figures", ask) == seen_by("metabase", ask) == expected
    assert len(of_students) == 6
    students = {one.user for one in ATTEMPTS}
    for name in expected:
        cells = {cell for row in ask("lms_figures", f"SELECT * FROM {name}") for cell in row}
        assert not students & {str(cell) for cell in cells}, name


def test_who_sees_students_sees_all_but_whole_records(ask: Ask) -> None:
    assert seen_by("lms_students", ask) == {*TABLES, *VIEWS} - FOR_NO_ANALYST
    rows = ask("lms_students", "SELECT DISTINCT user_id FROM task_attempts")
    assert {user for (user,) in rows} == {one.user for one in ATTEMPTS}


def test_no_role_can_write(ask: Ask) -> None:
    for role in ("metabase", "lms_figures", "lms_students"):
        for statement in WRITING:
            with pytest.raises(InsufficientPrivilege):
                ask(role, statement)


def test_every_ready_question_can_be_asked_by_those_who_may_see_students_or_not(ask: Ask) -> None:
    blocks = sql_in(section("Ready questions"))
    of_all, of_students = ([one for one in block.split(";") if one.strip()] for block in blocks)
    for question in of_all:
        ask("lms_figures", question)
    for question in of_students:
        ask("lms_students", question)
        with pytest.raises(InsufficientPrivilege):
            ask("lms_figures", question)
