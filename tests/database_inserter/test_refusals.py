"""Why a connection does not come about, and where: in words that name no host and no user."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.models.errors import LoadError, Problem
from etl.postgres.connection import connect, transaction
from etl.postgres.refusal import refusal
from tests.conftest import Parameters
from tests.database_inserter.batches import STARTED, UTC_ZONE
from tests.database_inserter.conftest import Build, Execute
from tests.database_inserter.refusing_server import RefusingServer

HOST, USER, NAME, PASSWORD = "127.0.0.1", "lms_reader", "students_db", "s3cret-password"
WHO = {"host": HOST, "user": USER, "dbname": NAME, "password": PASSWORD}

LOGIN = [
    'password authentication failed for user "lms_reader"',
    'Peer authentication failed for user "lms_reader"',
    'role "lms_reader" does not exist',
    'role "lms_reader" is not permitted to log in',
    'no pg_hba.conf entry for host "127.0.0.1", user "lms_reader", database "students_db", SSL off',
    'пользователь "lms_reader" не прошёл проверку подлинности (по паролю)',
    'роль "lms_reader" не существует',
    'для роли "lms_reader" вход запрещён',
    'в pg_hba.conf нет записи для компьютера "127.0.0.1", пользователя "lms_reader", базы "x", SSL',
]  # fmt: skip
MISSING = [
    'database "students_db" does not exist',
    'база данных "students_db" не существует',
    "no such database: students_db",
]
RIGHT = [
    'permission denied for database "students_db"\nUser does not have CONNECT privilege.',
    'доступ к базе "students_db" запрещён\nПользователь не имеет привилегии CONNECT.',
]
BUSY = [
    "sorry, too many clients already",
    'too many connections for role "lms_reader"',
    "remaining connection slots are reserved for roles with the SUPERUSER attribute",
    "извините, уже слишком много клиентов",
    'слишком много подключений к БД "students_db"',
]
STARTING = [
    "the database system is starting up",
    "the database system is in recovery mode",
    "система баз данных запускается",
    "система баз данных останавливается",
]


def nameless(text: str) -> str:
    return re.sub('"[^"]+"', '"…"', text)


UNKNOWN = "Passwort-Authentifizierung für Benutzer »lms_reader« fehlgeschlagen"
TOLD_BY_SERVERS = [
    *(
        (text, Problem.DATABASE_LOGIN, {"message": re.sub('"[^"]+"', '"…"', text)})
        for text in LOGIN
    ),
    *((text, Problem.DATABASE_MISSING, {}) for text in MISSING),
    *((text, Problem.DATABASE_RIGHT, {"message": "CONNECT ON DATABASE"}) for text in RIGHT),
    *(
        (text, Problem.DATABASE_UNREACHABLE, {"cause": "it has no connection to spare"})
        for text in BUSY
    ),
    *(
        (text, Problem.DATABASE_UNREACHABLE, {"cause": "it is starting or stopping"})
        for text in STARTING
    ),
    (UNKNOWN, Problem.DATABASE_UNREACHABLE, {"cause": re.sub("».+«", '"…"', UNKNOWN)}),
    (None, Problem.DATABASE_UNREACHABLE, {"cause": "it broke off the connection"}),
]


def refused(server: Parameters) -> LoadError:
    inserter = DatabaseInserter(lambda: server, zone=UTC_ZONE)
    with pytest.raises(LoadError) as caught:
        inserter.open(STARTED)
    told = f"{caught.value} {caught.value.details}"
    assert not [value for value in WHO.values() if value in told]
    return caught.value


@pytest.mark.parametrize(("text", "problem", "facts"), TOLD_BY_SERVERS)
def test_d1_a_refusal_of_the_server_is_understood(
    text: str | None, problem: Problem, facts: dict[str, Any]
) -> None:
    with RefusingServer(text) as server:
        error = refused({**WHO, "port": server.port, "sslmode": "prefer"})
    assert error.problem == problem
    assert facts.items() <= error.facts.items()


@pytest.mark.parametrize("text", [LOGIN[5], MISSING[1]])
def test_d1_a_russian_server_on_windows_is_understood(text: str) -> None:
    with RefusingServer(text, encoding="cp1251") as server:
        error = refused({**WHO, "port": server.port})
    expected = Problem.DATABASE_LOGIN if text in LOGIN else Problem.DATABASE_MISSING
    assert error.problem == expected


def test_d1_a_name_of_telling_words_misleads_nobody() -> None:
    text = 'database "authentication failed" does not exist'
    with RefusingServer(text) as server:
        assert refused({**WHO, "port": server.port}).problem == Problem.DATABASE_MISSING


@pytest.mark.parametrize(
    ("sslmode", "answers_tls", "cause"),
    [
        ("require", b"N", "it does not speak TLS as asked"),
        ("verify-full", b"S", "there is no root certificate to check it by"),
    ],
)
def test_d1_without_the_tls_that_was_asked_for_there_is_no_connection(
    sslmode: str, answers_tls: bytes, cause: str, tmp_path: Path
) -> None:
    with RefusingServer("no matter", answers_tls=answers_tls) as server:
        no_certificate = str(tmp_path / "root.crt")
        error = refused(
            {**WHO, "port": server.port, "sslmode": sslmode, "sslrootcert": no_certificate}
        )
    assert (error.problem, error.facts["cause"]) == (Problem.DATABASE_UNREACHABLE, cause)


def test_d1_a_port_where_nobody_listens_is_shown_from_a_refusal() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        error = refused({**WHO, "port": taken.getsockname()[1]})
    assert error.problem == Problem.DATABASE_UNREACHABLE
    assert error.facts == {"cause": "the connection was refused"}


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("no..such..host", "the name is unknown to DNS"),
        ("/no/such/directory", "no such socket"),
    ],
)
def test_d1_a_server_that_cannot_be_found_is_shown_from_a_refusal(host: str, cause: str) -> None:
    error = refused({**WHO, "host": host})
    assert (error.problem, error.facts) == (Problem.DATABASE_UNREACHABLE, {"cause": cause})
    assert host not in str(error)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("timeout expired", "no answer in time"),
        ("Connection timed out\n\tIs the server running on that host?", "no answer in time"),
        ("No route to host", "there is no way to it through the network"),
        ("SSL error: certificate verify failed", "its certificate is not trusted"),
    ],
)
def test_d1_what_takes_long_to_fail_is_understood(text: str, cause: str) -> None:
    error = refusal(
        f'connection to server at "db.uni.example" (192.0.2.1), port 5432 failed: {text}', WHO
    )
    assert error.facts["cause"] == cause


def test_d1_a_login_without_any_password_is_understood() -> None:
    text = 'connection to server at "db", port 5432 failed: fe_sendauth: no password supplied'
    error = refusal(text, WHO)
    assert error.problem == Problem.DATABASE_LOGIN
    assert error.facts["message"] == "fe_sendauth: no password supplied"


@pytest.mark.parametrize("quotes", ["»«", "«»", "„“", "„”", "“”", '""'])
def test_d1_names_go_without_their_quotes_whatever_the_language(quotes: str) -> None:
    begin, end = quotes
    sentence = f"FATAL:  kein pg_hba.conf-Eintrag für Host {begin}192.0.2.7{end}, SSL aus"
    error = refusal(f'connection to server at "db", port 5432 failed: {sentence}', WHO)
    assert error.facts["message"] == 'kein pg_hba.conf-Eintrag für Host "…", SSL aus'


def test_d1_of_two_tries_the_one_that_was_refused_for_the_login_is_quoted() -> None:
    lines = [
        f'connection to server at "db" (192.0.2.1), port 5432 failed: FATAL:  {LOGIN[n]}'
        for n in (4, 0)
    ]
    assert refusal("\n".join(lines), WHO).facts["message"] == (
        'password authentication failed for user "…"'
    )


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"dbname": NAME}, Problem.DATABASE_MISSING),
        ({"user": USER}, Problem.DATABASE_LOGIN),
    ],
)
def test_d1_the_real_server_refuses_in_those_words(
    database: Parameters, wrong: dict[str, str], problem: Problem
) -> None:
    assert refused({**database, **wrong}).problem == problem


def test_d1_a_role_that_may_not_connect_is_shown_which_right_it_lacks(
    database: Parameters, role: str, execute: Execute
) -> None:
    execute(f"REVOKE CONNECT ON DATABASE {database['dbname']} FROM PUBLIC")
    assert refused({**database, "user": role}).problem == Problem.DATABASE_RIGHT


def test_d1_a_pooler_that_refuses_later_is_understood(database: Parameters) -> None:
    said = f"RAISE EXCEPTION '{LOGIN[0]}' USING ERRCODE = '28P01'"
    with (
        closing(connect(database)) as session,
        pytest.raises(LoadError) as caught,
        transaction(session) as at,
    ):
        at.execute(f"DO $$ BEGIN {said}; END $$")
    assert (caught.value.problem, caught.value.facts["message"]) == (
        Problem.DATABASE_LOGIN,
        nameless(LOGIN[0]),
    )


def test_an_inserter_that_never_got_in_closes_without_a_word(build: Build) -> None:
    inserter = build(user="nobody")
    with pytest.raises(LoadError):
        inserter.open(STARTED)
    inserter.close({})
