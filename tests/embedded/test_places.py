"""The embedded server starts wherever the program lies, and says why where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.models.errors import LoadError, Problem
from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from etl.postgres.embedded.cluster import installations, run
from etl.postgres.embedded.server import ADDRESS_BYTES, SOCKET_NAME, Place
from tests.embedded.test_owners import START
from tests.test_house_rules import PROJECT

Query = Callable[[Path, str], object]


def test_e1_any_path_will_do(tmp_path: Path, query: Query) -> None:
    place = 'Аналитика "LMS" 1/100% done, isn\'t it; $HOME'
    assert query(tmp_path / place / "var" / "postgres", "SELECT 1") == 1


def test_e1_e3_a_long_path_s_socket_is_elsewhere_for_its_user_alone(enterable_path: Path) -> None:
    """Its folder is removed only when it is empty: `postmaster.pid` can name another one."""
    data = enterable_path / "/".join(["x" * 49] * 4) / "var" / "postgres"
    sockets = Path(start_embedded_server(data)["host"])
    assert sockets.stat().st_mode & 0o077 == 0
    assert len(f"{sockets}{SOCKET_NAME}".encode()) <= ADDRESS_BYTES
    leave_embedded_server(data)
    assert not sockets.exists()
    precious = Path(start_embedded_server(data)["host"]) / "precious"
    precious.touch()
    leave_embedded_server(data)
    assert list(precious.parent.iterdir()) == [precious]
    precious.unlink()
    precious.parent.rmdir()


def test_settings_of_the_server(tmp_path: Path, query: Query) -> None:
    data = tmp_path / "postgres"
    ways_in = "SELECT string_agg(type || ' ' || auth_method, ', ') FROM pg_hba_file_rules"
    assert query(data, ways_in) == "local peer"  # the system vouches for whoever connects
    assert query(data, "SHOW listen_addresses") == ""
    # A container's /dev/shm may be too small, also for initdb, which reads the same file.
    assert query(data, "SHOW dynamic_shared_memory_type") == "mmap"
    assert "\ndynamic_shared_memory_type = mmap" in (data / "postgresql.conf").read_text("utf-8")


def test_e8_what_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file", encoding="utf-8")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(tmp_path / "var" / "postgres")
    assert caught.value.problem == Problem.DATABASE_EMBEDDED
    assert str(tmp_path / "var") in str(caught.value.facts["said"])


def test_e8_the_server_s_own_reason_is_named(tmp_path: Path, query: Query) -> None:
    """And nothing that it wrote when it last ran."""
    data = tmp_path / "postgres"
    query(data, "SELECT 1")
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("nonsense = 1\n")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(data)
    said = str(caught.value.facts["said"])
    assert 'unrecognized configuration parameter "nonsense"' in said
    assert "shut down" not in said


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "thesis.odt").write_text("precious", encoding="utf-8")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(data)
    assert caught.value.facts["said"] == f"Directory not empty: {data}"
    assert (data / "thesis.odt").read_text("utf-8") == "precious"


def test_e11_data_of_an_unknown_version_is_named(tmp_path: Path, query: Query) -> None:
    data = tmp_path / "postgres"
    query(data, "SELECT 1")
    (data / "PG_VERSION").write_text("9\n", "ascii")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(data)
    assert "initialized by PostgreSQL version 9" in str(caught.value.facts["said"])


def test_e11_data_of_the_version_before_is_upgraded_and_kept(tmp_path: Path, query: Query) -> None:
    data = tmp_path / "var" / "postgres"
    place = Place.of(data)
    place.make()
    account = place.account
    programs = installations()["16"]
    data.mkdir()
    account.give(data)
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8")
    run(programs / "initdb", "-D", data, *options, account=account)
    settings = f"-c listen_addresses='' -c unix_socket_directories={place.beside}"
    ctl = [programs / "pg_ctl", "-D", data, "-l", place.log, "-w"]
    run(*ctl, "-o", settings, "start", account=account)
    sql = "CREATE TABLE kept AS SELECT 7 AS n"
    run(programs / "psql", "-h", place.beside, "-U", "postgres", "-c", sql, account=account)
    run(*ctl, "stop", account=account)
    data.rename(data.with_name("postgres-replaced"))  # as a kill between two renames leaves it
    assert query(data, "SELECT n FROM kept") == 7
    assert query(data, "SHOW server_version_num") >= "180000"
    assert (data.with_name("postgres-16") / "PG_VERSION").read_text("ascii") == "16\n"


@pytest.mark.parametrize(
    "environment",
    [{}, {"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "PGDATA": "/x", "PGPORT": "1"}],
    ids=["empty", "of another PostgreSQL"],
)
def test_no_environment_is_in_the_way(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", START, str(PROJECT), str(tmp_path / "postgres")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_e8_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    """Root writes anywhere; for root it is a folder of another file system, /proc."""
    project = Path(f"/proc/{os.getpid()}/fd") if os.geteuid() == 0 else tmp_path / "read-only"
    if project.is_relative_to(tmp_path):
        project.mkdir(mode=0o500)
    with pytest.raises(LoadError) as caught:
        start_embedded_server(project / "var" / "postgres")
    assert f": {project}" in str(caught.value.facts["said"])
