"""Real counterparts for every test: one PostgreSQL a session, one database and one world a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection

from etl.demo import world as demo
from etl.demo.campus import Campus
from etl.main import main
from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from tests.google_faults import GoogleServer
from tests.grader_faults import GraderServer
from tests.mail_faults import MailServer

# Tuesday morning: the default window is Saturday 7 to Monday 9 March 2026.
NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
CAMPUS = Campus()

Parameters = Mapping[str, str | int]
Select = Callable[[str], list[tuple[Any, ...]]]


def pytest_configure() -> None:
    """Lets Python keep what it compiles: the tests start the program a hundred times."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests wait for servers and processes of theirs."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """A log with lone surrogates in it could not be sent from one core to another."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "replace").decode("utf-8")) for name, text in report.sections
    ]
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Parameters]:
    """libpq's parameters of a server that lives as long as the tests."""
    with TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as directory:
        data = Path(directory) / "data"
        parameters = start_embedded_server(data)
        if "password" in parameters:  # which the tests' pooler says in clear
            (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 password\n", "ascii")
        # What a crash of the host would cost is of no interest here; the speed is.
        rows_in(parameters, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield parameters
        leave_embedded_server(data)


_numbers = count(1)
_empty: list[str] = []
# What a test may have left besides tables.
IS_ORDINARY = """
SELECT count(*) = 0 FROM (
    SELECT FROM pg_namespace
    WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'
    UNION ALL SELECT FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT FROM pg_db_role_setting
    UNION ALL SELECT FROM pg_default_acl
    UNION ALL SELECT FROM pg_event_trigger
    UNION ALL SELECT FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL
) AS left_over
"""
EMPTY = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC
"""


@pytest.fixture
def database(postgres: Parameters) -> Iterator[Parameters]:
    """libpq's parameters of an empty database."""
    if _empty:
        name = _empty.pop()
    else:
        name = f"test_{next(_numbers)}"
        rows_in(postgres, f"CREATE DATABASE {name}")
    parameters = {**postgres, "dbname": name}
    yield parameters
    # Emptied, not dropped: to create and drop one makes the server write all its pages. On Windows
    # no session may be waited for.
    if os.name == "posix" and rows_in(parameters, IS_ORDINARY) == [(True,)]:
        rows_in(parameters, EMPTY)
        _empty.append(name)
    else:
        rows_in(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def select(database: Parameters) -> Select:
    """Rows of a query, read past the program."""

    def run(query: str) -> list[tuple[Any, ...]]:
        return rows_in(database, query)

    return run


@pytest.fixture
def role(database: Parameters, select: Select) -> Iterator[str]:
    """A role that may log in and nothing else; `lms reader` needs quotes."""
    password = database.get("password", "")  # without one, the system vouches for its user
    select(f"CREATE ROLE \"lms reader\" LOGIN PASSWORD '{password}'")
    yield "lms reader"
    select('DROP OWNED BY "lms reader" CASCADE; DROP ROLE "lms reader"')


@pytest.fixture
def colleague(database: Parameters) -> Iterator[connection]:
    """A session of somebody else who is at work in the same database."""
    session = psycopg2.connect(**database)
    yield session
    session.close()


@pytest.fixture
def database_settings(database: Parameters) -> dict[str, str]:
    """The database as `.env` names it."""
    return {
        "DB_HOST": str(database["host"]),
        "DB_NAME": str(database["dbname"]),
        "DB_USER": str(database["user"]),
        "DB_PASSWORD": str(database.get("password", "not-asked-for-on-this-socket")),
        "DB_PORT": str(database.get("port", 5432)),
    }


class World(demo.World):
    """The demo's world, whose servers misbehave on request."""

    grader_server = GraderServer
    google_server = GoogleServer
    mail_server = MailServer
    grader: GraderServer
    google: GoogleServer
    mail: MailServer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """All servers, with the demo's campus behind the grader."""
    with World(tmp_path, attempts=CAMPUS.attempts) as servers:
        yield servers


Run = Callable[..., int]


@pytest.fixture
def run(world: World, database_settings: dict[str, str], tmp_path: Path) -> Run:
    """Runs the program in the world: `run("--from", ..., WINDOW_DAYS="1")`; None unsets."""

    def run_main(
        *arguments: str, clock: Callable[[], datetime] = lambda: NOW, **changes: str | None
    ) -> int:
        settings = {**world.environ, **database_settings, "REPORT_LANGUAGE": "en", **changes}
        environ = {name: value for name, value in settings.items() if value is not None}
        return main(arguments, environ=environ, now=clock, root=tmp_path)

    return run_main


def rows_in(parameters: Parameters, *statements: str) -> list[tuple[Any, ...]]:
    """The rows of the last statement, if it has any; in a session of its own."""
    session = psycopg2.connect(**parameters)
    session.autocommit = True
    try:
        with session.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        session.close()


def log_text(root: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted((root / "logs").glob("*.log")))


def letter_texts(world: World) -> Sequence[str]:
    """Subject, plain text and HTML of each letter that arrived."""
    return [letter_text(letter.message) for letter in world.mail.letters]


def letter_text(message: Any) -> str:
    bodies = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    return "\n".join([message["Subject"], *bodies]).replace("\r\n", "\n")
