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
from etl.postgres.embedded.account import server_account
from etl.postgres.embedded.place import ADDRESS_BYTES, SOCKET_NAME, Place
from etl.postgres.embedded.programs import newest, programs_of, run
from tests.embedded.test_owners import START
from tests.test_house_rules import PROJECT

Query = Callable[[Path, str], object]

PLACES = {
    "a blank and Cyrillic": "Аналитика LMS 1/p",
    "quotes": 'a "new" one',
    "signs": '100% "done", isn\'t it; $HOME',
    "200 characters": "/".join(["x" * 49] * 4),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_e1_any_path_will_do(place: str, enterable_path: Path, query: Query) -> None:
    assert query(enterable_path / place / "var" / "postgres", "SELECT 1") == 1


@pytest.mark.parametrize("folder", ["short", "long" * 30])
def test_e3_the_socket_is_for_its_user_alone(folder: str, enterable_path: Path) -> None:
    data = enterable_path / folder / "var" / "postgres"
    sockets = Path(start_embedded_server(data)["host"])
    assert sockets.stat().st_mode & 0o077 == 0
    assert len(f"{sockets}{SOCKET_NAME}".encode()) <= ADDRESS_BYTES
    leave_embedded_server(data)
    assert sockets.exists() == (sockets == data.with_name("postgres-run"))


def test_a_socket_s_folder_is_removed_only_when_it_is_empty(enterable_path: Path) -> None:
    """Whoever owns the data can name another folder in `postmaster.pid`."""
    data = enterable_path / ("long" * 30) / "postgres"
    precious = Path(start_embedded_server(data)["host"]) / "precious"
    precious.touch()
    leave_embedded_server(data)
    assert list(precious.parent.iterdir()) == [precious]
    precious.unlink()
    precious.parent.rmdir()


def test_nothing_listens_on_the_network(enterable_path: Path, query: Query) -> None:
    assert query(enterable_path / "postgres", "SHOW listen_addresses") == ""


def test_shared_memory_is_beside_the_data(enterable_path: Path, query: Query) -> None:
    """A container's /dev/shm may be too small, also for initdb, which reads the same file."""
    data = enterable_path / "postgres"
    assert query(data, "SHOW dynamic_shared_memory_type") == "mmap"
    assert "\ndynamic_shared_memory_type = mmap" in (data / "postgresql.conf").read_text("utf-8")


def test_e8_what_is_no_folder_is_named(enterable_path: Path) -> None:
    (enterable_path / "var").write_text("a file", encoding="utf-8")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(enterable_path / "var" / "postgres")
    assert caught.value.problem == Problem.DATABASE_EMBEDDED
    assert str(enterable_path / "var") in str(caught.value.facts["cause"])


def test_e8_the_server_s_own_reason_is_named(enterable_path: Path, query: Query) -> None:
    """And nothing that it wrote when it last ran."""
    data = enterable_path / "postgres"
    query(data, "SELECT 1")
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("nonsense = 1\n")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(data)
    cause = str(caught.value.facts["cause"])
    assert 'unrecognized configuration parameter "nonsense"' in cause
    assert "shut down" not in cause


def test_a_folder_that_holds_something_else_is_left_alone(enterable_path: Path) -> None:
    data = enterable_path / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "thesis.odt").write_text("precious", encoding="utf-8")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(data)
    assert caught.value.facts["cause"] == "the folder holds something that is no database"
    assert (data / "thesis.odt").read_text("utf-8") == "precious"


def test_e11_data_of_an_unknown_version_is_named(enterable_path: Path, query: Query) -> None:
    data = enterable_path / "postgres"
    query(data, "SELECT 1")
    (data / "PG_VERSION").write_text("9\n", "ascii")
    with pytest.raises(LoadError) as caught:
        start_embedded_server(data)
    assert str(caught.value.facts["cause"]).startswith("the data is of PostgreSQL 9, and this")


def test_e11_data_of_the_version_before_is_upgraded_and_kept(
    enterable_path: Path, query: Query
) -> None:
    data = enterable_path / "var" / "postgres"
    account = server_account(data, newest()[1])
    place = Place(data)
    place.make(account)
    programs = programs_of("16")
    assert programs
    data.mkdir()
    account.give(data)
    run(
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        account=account,
    )
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


ENVIRONMENTS = {
    "empty": {},
    "no HOME": {"HOME": "/nonexistent"},
    "no TMPDIR": {"TMPDIR": "/nonexistent"},
    "settings of another PostgreSQL": {"PGDATA": "/x", "PGPORT": "1"},
}


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_no_environment_is_in_the_way(environment: dict[str, str], enterable_path: Path) -> None:
    command = [sys.executable, "-c", START, str(PROJECT), str(enterable_path / "postgres")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_e8_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    """Root writes anywhere; for root it is a folder of another file system, /proc."""
    project = Path("/proc/self") if os.geteuid() == 0 else tmp_path / "read-only"
    if project.is_relative_to(tmp_path):
        project.mkdir(mode=0o500)
    with pytest.raises(LoadError) as caught:
        start_embedded_server(project / "var" / "postgres")
    assert f": {project}" in str(caught.value.facts["cause"])
