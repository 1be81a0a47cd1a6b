"""Whose the data is: nobody else gets in, and nothing that exists changes owner or mode."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.models.errors import Problem
from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from etl.postgres.embedded.account import server_account
from etl.postgres.embedded.cluster import program
from etl.postgres.embedded.server import Place, _stop
from tests.embedded.conftest import as_root, run_as
from tests.test_house_rules import PROJECT

Query = Callable[[Path, str], object]

START = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import psycopg2
from etl.postgres.embedded import leave_embedded_server, start_embedded_server
data = Path(sys.argv[2])
psycopg2.connect(**start_embedded_server(data)).close()
leave_embedded_server(data)
"""


RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from etl.main import main
sys.exit(main([], environ={}, root=Path(sys.argv[2])))
"""


def state(*paths: Path) -> list[tuple[int, int, int]]:
    return [(s.st_uid, s.st_gid, s.st_mode) for s in (path.stat() for path in paths)]


def test_e2_two_users_of_a_machine_have_a_server_each(
    enterable_path: Path, anyones_python: Path
) -> None:
    own, others = enterable_path / "own", enterable_path / "others"
    others.mkdir()
    if as_root:
        os.chown(others, pwd.getpwnam("daemon").pw_uid, -1)
    start_embedded_server(own / "var" / "postgres")
    user, data = "daemon", others / "var" / "postgres"
    assert run_as(user, anyones_python, "-c", START, PROJECT, data).stderr == ""
    leave_embedded_server(own / "var" / "postgres")


def test_e3_another_user_does_not_get_in(enterable_path: Path) -> None:
    """Tried as root, which can become anybody; an ordinary user can only look at the modes."""
    data = enterable_path / "postgres"
    parameters = start_embedded_server(data)
    sockets = Path(parameters["host"])
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert data.stat().st_mode & 0o777 == 0o700
    if as_root:
        session = ("-h", parameters["host"], "-U", "postgres", "-c", "SELECT 1")
        refused = run_as("daemon", program("psql"), *session)
        assert refused.returncode
        assert "Permission denied" in refused.stderr
    leave_embedded_server(data)


@pytest.mark.parametrize("place", ["postgres", "/".join(["x" * 49] * 4)])
def test_xd1_root_s_server_works_where_others_may_not_enter_and_changes_nothing(
    place: str, enterable_path: Path
) -> None:
    private = enterable_path / "private"
    private.mkdir(mode=0o700)
    before = state(enterable_path, private)
    users = Path("/etc/passwd").read_bytes()
    sockets = Path(start_embedded_server(private / place)["host"])
    # The server's user may not enter by itself: no other program of that user gets in.
    assert bool(server_account(sockets / "data").capability) == as_root
    leave_embedded_server(private / place)
    assert state(enterable_path, private) == before
    assert Path("/etc/passwd").read_bytes() == users
    made = sockets.parent if as_root else sockets
    assert made.is_relative_to(private) or not made.exists()


def test_e4_where_no_capability_is_left_root_is_told(tmp_path: Path) -> None:
    if not as_root:
        return
    less = ("setpriv", "--bounding-set=-dac_read_search,-dac_override")
    command = [*less, sys.executable, "-c", START, PROJECT, tmp_path / "var" / "postgres"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert Problem.DATABASE_EMBEDDED_CLOSED in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_e5_root_leaves_the_data_to_whom_it_belongs(
    enterable_path: Path, query: Query, anyones_python: Path
) -> None:
    """The owner of the project has run the program, then root, then the owner again."""
    project = enterable_path / "project"
    project.mkdir()
    owner = "daemon" if as_root else pwd.getpwuid(os.geteuid()).pw_name
    os.chown(project, pwd.getpwnam(owner).pw_uid, -1)
    (project / "var").mkdir()
    os.chown(project / "var", pwd.getpwnam(owner).pw_uid, -1)
    data = project / "var" / "postgres"
    assert run_as(owner, anyones_python, "-c", START, PROJECT, data).stderr == ""
    files = [data, data / "PG_VERSION", data / "pg_hba.conf", data.with_name("postgres-run")]
    before = state(project, *files)
    assert query(data, "SELECT 1") == 1
    assert state(project, *files) == before
    assert run_as(owner, anyones_python, "-c", START, PROJECT, data).stderr == ""


def test_s12_where_var_is_the_services_root_works_as_the_service(
    enterable_path: Path, anyones_python: Path
) -> None:
    if not as_root:
        return
    for name in ("logs", "var"):
        (enterable_path / name).mkdir()
        os.chown(enterable_path / name, pwd.getpwnam("daemon").pw_uid, -1)
    command = [anyones_python, "-c", RUN, PROJECT, enterable_path]
    assert "API_URL" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
    (log,) = (enterable_path / "logs").iterdir()
    assert log.owner() == "daemon"


def test_e10_xd2_a_user_without_name_and_home_is_shown_initdb_s_reason(
    enterable_path: Path, query: Query, anyones_python: Path
) -> None:
    if not as_root:
        return
    own, roots = enterable_path / "own", enterable_path / "roots"
    for project in (own, roots):
        shutil.copytree(PROJECT / "etl", project / "etl")
        os.chown(project, 54321, 54321)
    homeless = ("/usr/bin/env", "-u", "HOME", anyones_python)
    ended = run_as(54321, *homeless, own / "etl" / "main.py", "--demo")
    assert "could not look up effective user ID 54321" in ended.stderr
    assert query(roots / "var" / "postgres", "SELECT 1") == 1
    assert (roots / "var" / "postgres").owner() == "nobody"


def test_root_ends_no_process_that_the_owner_of_the_data_names(enterable_path: Path) -> None:
    """In `postmaster.pid`, where a server that is taken over is looked up."""
    if not as_root:
        return
    place = Place(enterable_path / "postgres", server_account(enterable_path / "postgres"))
    place.make()
    with subprocess.Popen(["sleep", "60"]) as of_root, place.lock("server") as life:
        _stop(str(of_root.pid), life, place.account)
        assert of_root.poll() is None
        of_root.kill()
