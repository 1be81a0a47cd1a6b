"""The inserter on a database of its own, and others who are at work in the same database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import LoadError
from tests.conftest import Parameters, Select
from tests.database_inserter.batches import STARTED, UTC_ZONE, entry

Execute = Select
Build = Callable[..., DatabaseInserter]

OWN_DDL = """
CREATE TABLE attempts (
    created_at TIMESTAMP NOT NULL,
    course TEXT NOT NULL DEFAULT 'unknown',
    id SERIAL PRIMARY KEY,
    user_id VARCHAR(32) NOT NULL,
    oauth_consumer_key TEXT,
    lis_result_sourcedid TEXT,
    lis_outcome_service_url TEXT,
    is_correct BOOLEAN,
    attempt_type VARCHAR(10) NOT NULL CHECK (attempt_type IN ('run', 'submit')),
    noted_at TIMESTAMPTZ DEFAULT now(),
    CONSTRAINT unique_attempt UNIQUE (user_id, attempt_type, created_at)
);
"""


@pytest.fixture
def execute(select: Execute) -> Execute:
    """SQL of the server's administrator, each time in a session of its own."""
    return select


@pytest.fixture
def kill_runs(execute: Execute) -> Callable[[], object]:
    """Ends the sessions of all runs on this database, as a host that goes down would."""
    return lambda: execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'lms-etl' AND datname = current_database()"
    )


@pytest.fixture
def build(database: Parameters) -> Iterator[Build]:
    """`build(user="somebody")`: an inserter that is closed in the end, if it was opened at all.

    `server`: other parameters than those of this test's database.
    """
    built: list[DatabaseInserter] = []

    def build_inserter(
        *, server: Parameters = database, user: str | None = None, **options: Any
    ) -> DatabaseInserter:
        there = {**server, "user": user} if user else server
        options = {"zone": UTC_ZONE, "sleep": lambda _: None, **options}
        built.append(DatabaseInserter(lambda: there, **options))
        return built[-1]

    yield build_inserter
    for inserter in built:
        with suppress(LoadError):  # of those whose connection was lost
            inserter.close(entry())


@pytest.fixture
def inserter(build: Build) -> DatabaseInserter:
    opened = build()
    opened.open(STARTED)
    return opened


@pytest.fixture
def on_insert(execute: Execute) -> Callable[..., None]:
    """`on_insert("PERFORM ...")`: PL/pgSQL that runs before each row comes in, or DELETE."""

    def create_trigger(body: str, table: str = "attempts", event: str = "INSERT") -> None:
        execute(
            f"CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body}; RETURN coalesce(new, old); END $$;"
            f" CREATE TRIGGER strike BEFORE {event} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION strike()"
        )

    return create_trigger


@pytest.fixture
def note_setting(execute: Execute, on_insert: Callable[..., None]) -> Callable[[str], None]:
    """`note_setting("jit")`: its value, as a run has it, comes into the table `noted`."""

    def note(setting: str) -> None:
        execute("CREATE TABLE noted (value TEXT)")
        on_insert(f"INSERT INTO noted VALUES (current_setting('{setting}'))")

    return note


@pytest.fixture
def encoded(postgres: Parameters, execute: Execute) -> Iterator[Callable[[str], Parameters]]:
    """`encoded("LATIN1")`: a database whose encoding lacks most of the world's characters."""

    def create(encoding: str) -> Parameters:
        execute(
            f"CREATE DATABASE encoded TEMPLATE template0 ENCODING '{encoding}'"
            " LOCALE_PROVIDER libc LOCALE 'C'"
        )
        return {**postgres, "dbname": "encoded"}

    yield create
    execute("DROP DATABASE encoded WITH (FORCE)")


@pytest.fixture
def no_more_strikes(execute: Execute) -> Callable[[], object]:
    return lambda: execute("DROP FUNCTION strike CASCADE")
