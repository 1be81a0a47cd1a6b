"""A password that the real server asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import LoadError, Problem
from tests.conftest import Parameters
from tests.database_inserter.batches import STARTED, UTC_ZONE, entry
from tests.database_inserter.conftest import Execute

PASSWORD = 'it\'s a \\ "secret" '


@pytest.fixture
def guarded(database: Parameters, role: str, execute: Execute) -> Iterator[Parameters]:
    """The parameters of a role that the server lets in by its password alone."""
    literal = PASSWORD.replace("'", "''")
    execute(f"ALTER ROLE \"{role}\" PASSWORD '{literal}'")
    execute(f'GRANT CREATE ON SCHEMA public TO "{role}"')
    hba = Path(execute("SHOW hba_file")[0][0])
    rules = hba.read_text()
    parameters = {**database, "user": role}
    hba.write_text(f'local all "{role}" scram-sha-256\n{rules}')
    execute("SELECT pg_reload_conf()")
    _wait_until_refused(parameters)
    yield parameters
    hba.write_text(rules)
    execute("SELECT pg_reload_conf()")


def _wait_until_refused(parameters: Parameters) -> None:
    """The postmaster reads its rules again some milliseconds after it was told to."""
    for _ in range(1000):
        try:
            psycopg2.connect(**parameters, password="wrong").close()
        except psycopg2.OperationalError:
            return
    raise AssertionError("the server still lets everybody in")


def test_d1_the_right_password_opens_whatever_characters_it_has(guarded: Parameters) -> None:
    inserter = DatabaseInserter(lambda: {**guarded, "password": PASSWORD}, zone=UTC_ZONE)
    inserter.open(STARTED)
    inserter.close(entry())


@pytest.mark.parametrize("password", [{"password": "s3cret"}, {"password": ""}, {}])
def test_d1_a_wrong_password_is_refused_and_not_repeated(
    guarded: Parameters, password: dict[str, str]
) -> None:
    inserter = DatabaseInserter(lambda: {**guarded, **password}, zone=UTC_ZONE)
    with pytest.raises(LoadError) as caught:
        inserter.open(STARTED)
    assert caught.value.problem == Problem.DATABASE_UNREACHABLE
    said = str(caught.value.facts["said"])
    assert "s3cret" not in said
    assert "password authentication failed for user" in said or "no password supplied" in said
