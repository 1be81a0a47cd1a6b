"""No student and no secret stands in an error, whatever rule of the user's table was broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import LoadError, Problem
from tests.database_inserter.batches import batch, insert
from tests.database_inserter.conftest import Execute

STUDENT = "3583bf109f8b458e13ae1ac9d85c396a"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        pytest.param("ADD UNIQUE (user_id)", "23505", id="unique"),
        pytest.param("ALTER user_id TYPE VARCHAR(8)", "22001", id="too long"),
        pytest.param("ADD CHECK (user_id < '3')", "23514", id="check"),
        pytest.param("ALTER lis_outcome_service_url SET NOT NULL", "23502", id="not null"),
    ],
)
def test_s6_a_rule_of_the_table_that_is_broken_is_named_without_the_student(
    inserter: DatabaseInserter, execute: Execute, rule: str, code: str
) -> None:
    execute("DROP VIEW task_attempts CASCADE")  # a column that a view reads keeps its type
    execute(f"ALTER TABLE attempts {rule}")
    ungraded = {"passback_params": repr({"lis_result_sourcedid": f"course:{STUDENT}"})}
    with pytest.raises(LoadError) as caught:
        insert(inserter, batch(record(), record(created_at="2023-05-31 10:00:00", **ungraded)))
    error = caught.value
    assert error.problem == Problem.DATABASE_REFUSES
    assert [rule.split()[0] for rule in error.facts["rules"]] == [code]
    assert STUDENT not in f"{error} {error.facts} {error.details}"
    assert execute("SELECT count(*) FROM attempts") == [(0,)]
    log = Path(f"{execute('SHOW data_directory')[0][0]}-run", "log").read_text("utf-8")
    assert "ready to accept connections" in log
    assert STUDENT not in log
    assert "INSERT" not in log
    doing = f"SELECT '{STUDENT}' FROM pg_stat_activity WHERE query LIKE '%{STUDENT}%'"
    assert execute(doing) == []  # what the server would log if it were killed


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("RAISE EXCEPTION '%', new.user_id USING ERRCODE = 'disk_full'", "53100"),
        ("EXECUTE format('SELECT FROM %I', new.user_id)", "42P01"),
    ],
)
def test_s16_of_an_error_in_a_trigger_only_the_state_is_told(
    inserter: DatabaseInserter, on_insert: Callable[[str], None], body: str, state: str
) -> None:
    on_insert(body)
    with pytest.raises(LoadError) as caught:
        insert(inserter, batch(record()))
    assert caught.value.facts == {"said": f"SQLSTATE {state}"}
