"""A right that is missing is found at once, and told as the SQL that mends it."""

from __future__ import annotations

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import LoadError, Problem
from etl.models.records import Counts
from etl.postgres import schema
from etl.postgres.journal import mark_reported, report_debt
from tests.database_inserter.batches import (
    STARTED,
    UTC_ZONE,
    batch,
    entry,
    insert,
    opened,
    refused,
    within,
)
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def lacking(inserter: DatabaseInserter) -> LoadError:
    error = refused(lambda: inserter.open(STARTED))
    inserter.close(entry())
    assert error.problem == Problem.DATABASE_RIGHT
    return error


def test_d1_the_sql_of_the_message_run_by_the_owner_mends_it(
    build: Build, role: str, execute: Execute
) -> None:
    error = lacking(build(user=role))
    assert error.facts["said"].startswith("CREATE ON SCHEMA")
    assert execute(TABLES) == []
    execute(error.details)
    assert execute("SELECT 1 FROM pg_indexes WHERE indexname = 'attempts_created_at'")
    inserter = opened(build(user=role))
    slice_ = batch(record(), "17")
    assert insert(inserter, slice_) == Counts(received=2, inserted=1, rejected=1)
    within(inserter, mark_reported, within(inserter, report_debt, UTC_ZONE), STARTED)


@pytest.mark.parametrize(
    "right",
    [
        "SELECT, INSERT ON attempts",
        "UPDATE ON etl_slices",
        "DELETE ON rejected_attempts",
        "USAGE ON SEQUENCE attempts_id_seq",
    ],
)
def test_d1_a_table_that_may_not_be_used_is_found_before_the_grader_is_asked(
    build: Build, role: str, execute: Execute, right: str
) -> None:
    execute(lacking(build(user=role)).details)
    execute(f'REVOKE {right} FROM "{role}"')
    error = lacking(build(user=role))
    assert (error.facts, error.details) == ({"said": right}, f'GRANT {right} TO "{role}";')
    assert execute("SELECT 1 FROM etl_runs") == []
    execute(error.details)
    build(user=role).open(STARTED)


def test_d1_temporary_tables_are_a_right_too(build: Build, role: str, execute: Execute) -> None:
    ((name,),) = execute("SELECT current_database()")
    execute(lacking(build(user=role)).details)
    execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
    error = lacking(build(user=role))
    assert error.details == f'GRANT TEMPORARY ON DATABASE {name} TO "lms reader";'


def test_d5_half_of_the_tables_are_completed(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    inserter.close(entry())
    execute("DROP TABLE etl_slices, rejected_attempts")
    build().open(STARTED)
    assert {name for (name,) in execute(TABLES)} == {*schema.TABLES}


def test_d1_of_half_of_the_tables_only_the_other_half_is_asked_for(
    build: Build, role: str, execute: Execute
) -> None:
    execute(OWN_DDL + f'GRANT SELECT, INSERT ON attempts TO "{role}"')
    error = lacking(build(user=role))
    assert "CREATE TABLE attempts" not in error.details
    assert "USAGE ON SEQUENCE attempts_id_seq" in str(error.facts["said"])
    execute(error.details)
    inserter = opened(build(user=role))
    assert insert(inserter, batch(record())).inserted == 1


def test_tables_are_created_together_or_not_at_all(build: Build, execute: Execute) -> None:
    execute("CREATE VIEW etl_slices_unreported AS SELECT 1")  # the name of an index of ours
    assert refused(lambda: build().open(STARTED)).problem == Problem.DATABASE_ERROR
    assert execute(TABLES) == []
