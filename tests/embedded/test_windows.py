"""The embedded server on Windows: whole programs, a password, processes that hold one another."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg2
import pytest

from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from etl.postgres.embedded.cluster import is_whole, password
from etl.postgres.embedded.server import Place
from tests.embedded.conftest import started, user_of

on_windows = pytest.mark.skipif(sys.platform != "win32", reason="Windows alone")


def test_w1_a_server_that_lacks_a_library_is_not_taken(tmp_path: Path) -> None:
    server = tmp_path / "postgres.exe"
    server.write_bytes(b"MZ\0KERNEL32.dll\0libwinpthread-1.dll\0%s.dll\0")
    assert not is_whole(tmp_path)
    whole = tmp_path / "whole"
    whole.mkdir()
    server.rename(whole / server.name)
    (whole / "libwinpthread-1.dll").touch()
    assert is_whole(whole)


@on_windows
def test_w4_all_need_the_password_and_the_last_user_stops_the_server(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    with user_of(data) as starter:
        started(starter)
        known = start_embedded_server(data)
        # What it started has not inherited its output, else this would wait for the server's end.
        assert starter.communicate() == (b"", None)
    with psycopg2.connect(**known) as session, session.cursor() as at:
        at.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert at.fetchall() == [("scram-sha-256",)]
    session.close()
    for wrong in ("", "x"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(**{**known, "password": wrong, "passfile": "nowhere"})
    leave_embedded_server(data)
    with Place.of(data).lock("server") as life:
        assert life.try_to_take()


@on_windows
def test_w4_after_a_killed_run_the_server_stops_and_the_next_one_starts_it(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    with user_of(data) as process:
        started(process)
        process.kill()
    assert start_embedded_server(data)["password"] == password(data)
    leave_embedded_server(data)
