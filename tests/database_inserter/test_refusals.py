"""Why a connection does not come about, in the words of libpq or of the server."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import LoadError, Problem
from etl.postgres.clients import open_psql
from etl.postgres.session import connect, transaction
from tests.conftest import Parameters
from tests.database_inserter.batches import STARTED, UTC_ZONE, refused
from tests.database_inserter.conftest import Execute
from tests.database_inserter.refusing_server import RefusingServer

HOST, PASSWORD = "127.0.0.1", "s3cret-password"
ELSEWHERE = "127.1"  # the same, but not taken for this machine
WHO = {"host": HOST, "user": "lms_reader", "dbname": "students_db", "password": PASSWORD}
LOGIN = 'password authentication failed for user "lms_reader"'
LOGIN_RU = 'пользователь "lms_reader" не прошёл проверку подлинности (по паролю)'


def said(server: Parameters) -> str:
    """What the error quotes of a server that cannot be used."""
    error = refused(lambda: DatabaseInserter(lambda: server, zone=UTC_ZONE).open(STARTED))
    assert error.problem == Problem.DATABASE_UNREACHABLE
    assert PASSWORD not in f"{error} {error.details}"
    quoted = str(error.facts["said"])
    assert "\n" not in quoted
    return quoted


@pytest.mark.parametrize("text", [LOGIN, LOGIN_RU])
@pytest.mark.parametrize("sslmode", ["disable", "prefer"])
def test_d1_the_server_s_words_are_quoted_once(text: str, sslmode: str) -> None:
    with RefusingServer(text) as server:
        quoted = said({**WHO, "port": server.port, "sslmode": sslmode})
    assert quoted.count(text) == 1
    assert f'connection to server at "{HOST}", port ' in quoted


def test_d1_a_detail_follows_its_sentence() -> None:
    text = 'permission denied for database "x"\nUser does not have CONNECT privilege.'
    with RefusingServer(text) as server:
        quoted = said({**WHO, "port": server.port})
    assert quoted.endswith('"x"; DETAIL:  User does not have CONNECT privilege.')


class OldServer(RefusingServer):
    """Lets everybody in, and names its version."""

    def __init__(self, version: str) -> None:
        super().__init__(None)
        known = f"server_version\0{version}", "client_encoding\0UTF8", "DateStyle\0ISO"
        parts = [b"R\0\0\0\x08\0\0\0\0", *map(self._parameter, known), b"Z\0\0\0\x05I"]
        self._answer = b"".join(parts)

    @staticmethod
    def _parameter(text: str) -> bytes:
        return b"S" + (len(text) + 5).to_bytes(4, "big") + text.encode() + b"\0"


@pytest.mark.parametrize("version", ["12.22 (Debian 12.22-1)", "9.4.26"])
def test_xc5_a_server_that_is_too_old_is_refused_by_every_command(version: str) -> None:
    with OldServer(version) as server:
        error = refused(lambda: connect({**WHO, "port": server.port}))
    assert (error.problem, error.facts) == (Problem.DATABASE_OLD, {"found": version})


def test_d1_a_russian_server_on_windows_is_quoted_in_its_letters() -> None:
    with RefusingServer(LOGIN_RU, encoding="cp1251") as server:
        assert LOGIN_RU in said({**WHO, "port": server.port})


def test_d1_a_server_that_breaks_off_leaves_libpq_s_words() -> None:
    with RefusingServer(None) as server:
        quoted = said({**WHO, "port": server.port})
    assert quoted.endswith("server closed the connection unexpectedly")


@pytest.mark.parametrize(
    ("sslmode", "answers_tls", "words"),
    [
        ("require", b"N", "server does not support SSL, but SSL was required"),
        ("verify-full", b"S", 'root certificate file "/nowhere/root.crt" does not exist'),
    ],
)
def test_d1_without_the_tls_that_was_asked_for_there_is_no_connection(
    sslmode: str, answers_tls: bytes, words: str
) -> None:
    with RefusingServer("no matter", answers_tls=answers_tls) as server:
        tls = {"sslmode": sslmode, "sslrootcert": "/nowhere/root.crt"}
        assert words in said({**WHO, "port": server.port, **tls})


@pytest.mark.parametrize("ask", [connect, lambda there: open_psql(there, [], {})])
@pytest.mark.parametrize(
    ("host", "sslmode", "expected"),
    [
        (ELSEWHERE, "prefer", b""),
        (ELSEWHERE, "allow", b""),
        (f"{HOST},{ELSEWHERE}", "disable", b""),
        (HOST, "prefer", b"p\0\0\0\x14s3cret-password\0"),
        ("localhost", "disable", b"p\0\0\0\x14s3cret-password\0"),
    ],
)
def test_s2_a_password_in_clear_goes_no_further_than_this_machine(
    host: str, sslmode: str, expected: bytes, ask: Callable[[Parameters], object]
) -> None:
    with RefusingServer(None) as server:
        server.asks_password = True
        with suppress(LoadError):
            ask({**WHO, "host": host, "port": server.port, "sslmode": sslmode})
        assert server.received == expected


def test_d1_a_port_where_nobody_listens_is_shown_without_libpq_s_advice() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        words = said({**WHO, "port": taken.getsockname()[1]})
    assert re.search(r"Connection refused( \(0x\w+/10061\))?$", words)  # Windows' number


@pytest.mark.parametrize("host", ["no..such..host", str(Path("/no/such/directory"))])
def test_d1_a_server_that_cannot_be_found_is_named(host: str) -> None:
    assert host in said({**WHO, "host": host})


@pytest.mark.parametrize("wrong", [{"dbname": "students_db"}, {"user": "lms_reader"}])
def test_d1_the_real_server_s_words_are_quoted(database: Parameters, wrong: dict[str, str]) -> None:
    (name,) = wrong.values()
    assert f'"{name}"' in said({**database, **wrong})


def test_d1_a_role_that_may_not_connect_is_shown_which_right_it_lacks(
    database: Parameters, role: str, execute: Execute
) -> None:
    execute(f"REVOKE CONNECT ON DATABASE {database['dbname']} FROM PUBLIC")
    assert "User does not have CONNECT privilege" in said({**database, "user": role})


@pytest.mark.parametrize("code", ["28P01", "3D000"])
def test_d1_a_pooler_that_refuses_later_refuses_the_connection(
    database: Parameters, code: str
) -> None:
    with (
        closing(connect(database)) as session,
        pytest.raises(LoadError) as caught,
        transaction(session) as at,
    ):
        at.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")
    assert caught.value.problem == Problem.DATABASE_UNREACHABLE


ODD_PASSWORD = 'it\'s a \\ "secret" '


@pytest.fixture
def guarded(database: Parameters, role: str, execute: Execute) -> Iterator[Parameters]:
    """The parameters of a role that the server lets in by its password alone."""
    literal = ODD_PASSWORD.replace("'", "''")
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
            psycopg2.connect(**{**parameters, "password": "wrong"}).close()
        except psycopg2.OperationalError:
            return
    raise AssertionError("the server still lets everybody in")


@pytest.mark.parametrize("password", [{"password": "s3cret"}, {"password": ""}, {}])
def test_d1_a_wrong_password_is_refused_and_not_repeated_and_the_right_one_opens(
    guarded: Parameters, password: dict[str, str]
) -> None:
    quoted = said({**guarded, **password})
    assert "s3cret" not in quoted
    assert "password authentication failed for user" in quoted or "no password supplied" in quoted
    connect({**guarded, "password": ODD_PASSWORD}).close()
