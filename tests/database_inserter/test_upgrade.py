"""Tables that an earlier version made, and those that a newer one has changed."""

from __future__ import annotations

import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import LoadError, Problem
from etl.postgres.schema import SCHEMA_VERSION, SUMMARIES
from tests.database_inserter.batches import DAY, STARTED, batch, due, entry, insert, opened, refused
from tests.database_inserter.conftest import Build, Execute

# As far as they differ from today's.
TO_VERSION_1_0_0 = (
    "ALTER TABLE rejected_attempts DROP COLUMN detail; "
    "ALTER TABLE etl_runs DROP COLUMN command, DROP COLUMN version, DROP COLUMN failure; "
    f"DROP TABLE {', '.join(SUMMARIES)} CASCADE"
)
VERSION = "SELECT schema_version FROM etl_summaries"
RUNS = "SELECT command, version IS NOT NULL FROM etl_runs ORDER BY id"
COLUMNS = "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attnum > 0"


@pytest.fixture
def older(inserter: DatabaseInserter, execute: Execute) -> None:
    inserter.close(entry())
    execute(TO_VERSION_1_0_0)


@pytest.mark.usefixtures("older")
def test_u1_tables_of_an_earlier_version_are_brought_up_to_date(
    build: Build, execute: Execute
) -> None:
    build().open(STARTED, "run --no-letter")
    assert execute(VERSION) == [(SCHEMA_VERSION,)]
    assert execute(RUNS) == [(None, False), ("run --no-letter", True)]


def test_u1_what_an_earlier_version_has_counted_is_counted_anew(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    insert(inserter, batch(record()))
    inserter.close(entry())
    execute("UPDATE etl_summaries SET definition = 'earlier'")
    execute("UPDATE etl_hours SET checksum = NULL, submits = 9")
    later = opened(build())
    assert execute("SELECT submits, checksum IS NULL FROM etl_hours") == [(1, False)]
    assert later.repair([DAY]) == []


@pytest.mark.usefixtures("older")
def test_u1_as_a_whole_or_not_at_all(build: Build, execute: Execute, colleague: connection) -> None:
    before = execute(COLUMNS)
    with colleague.cursor() as at:
        at.execute("SELECT FROM etl_runs")  # whose columns come after those of other tables
    with pytest.raises(LoadError):
        build(lock_timeout_seconds=0.1).open(STARTED)
    assert execute(COLUMNS) == before


@pytest.mark.usefixtures("older")
def test_u1_another_owner_is_shown_the_sql(build: Build, role: str, execute: Execute) -> None:
    for everything in (
        "SCHEMA public",
        "ALL TABLES IN SCHEMA public",
        "ALL SEQUENCES IN SCHEMA public",
    ):
        execute(f'GRANT ALL ON {everything} TO "{role}"')
    error = refused(lambda: build(user=role).open(STARTED))
    assert error.problem == Problem.DATABASE_RIGHT
    assert "ALTER TABLE etl_runs ADD COLUMN command TEXT;" in error.details
    assert refused(lambda: build(user=role).check(due)).details == error.details
    execute(error.details)
    assert insert(opened(build(user=role)), batch("17")).rejected == 1
    assert execute(VERSION) == [(SCHEMA_VERSION,)]


def test_u1_a_newer_database_is_refused_and_left_alone(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    inserter.close(entry())
    execute(f"UPDATE etl_summaries SET schema_version = {SCHEMA_VERSION + 1}")
    runs = execute("SELECT * FROM etl_runs")
    for step in (
        lambda: build().open(STARTED),
        lambda: build().check(due),
        build().rebuild,
        build().peek_progress,
    ):
        error = refused(step)
        assert error.problem == Problem.DATABASE_NEWER
        assert error.facts == {"found": SCHEMA_VERSION + 1, "known": SCHEMA_VERSION}
    assert execute("SELECT * FROM etl_runs") == runs
    assert execute(VERSION) == [(SCHEMA_VERSION + 1,)]
