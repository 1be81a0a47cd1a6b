"""What is Windows' alone and can be seen elsewhere: everybody needs the password beside the data.

The wheel's manager starts the server here too, on a socket instead of a port; as root it would make
a user, so it is an ordinary one.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.embedded.conftest import as_root, run_as
from tests.test_house_rules import PROJECT

Start = Callable[[str], subprocess.CompletedProcess[str]]

START = """
import os, sys
from pathlib import Path
data = Path(sys.argv[2])
sys.path.insert(0, sys.argv[1])
for name in ("XDG_RUNTIME_DIR", "TMPDIR"):  # where the manager has a lock, elsewhere all users'
    os.environ[name] = str(data.parents[1])
from etl.postgres.embedded.windows import start_embedded_server
import psycopg2
known = start_embedded_server(data)
"""
WAYS_IN = """
with psycopg2.connect(**known) as session, session.cursor() as at:
    at.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    print(at.fetchall())
"""
WITHOUT = """
known["passfile"] = os.devnull
for password in ({}, {"password": "x"}):
    try:
        psycopg2.connect(**{**known, "password": "", **password})
    except psycopg2.OperationalError as error:
        print(str(error).split(":")[-1].strip())
"""


@pytest.fixture
def start(enterable_path: Path, anyones_python: Path) -> Start:
    project = enterable_path / "project"
    project.mkdir()
    user = "daemon" if as_root else pwd.getpwuid(os.geteuid()).pw_name
    os.chown(project, pwd.getpwnam(user).pw_uid, -1)
    data = project / "var" / "postgres"
    return lambda code: run_as(user, anyones_python, "-c", START + code, PROJECT, data)


def test_nobody_gets_in_without_the_password(start: Start, enterable_path: Path) -> None:
    asked = start(WAYS_IN)
    assert (asked.stdout, asked.stderr) == ("[('scram-sha-256',)]\n", "")
    refused = start(WITHOUT).stdout.splitlines()
    assert refused == ["no password supplied", 'password authentication failed for user "postgres"']
    run = enterable_path / "project" / "var" / "postgres-run"
    assert [path.stat().st_mode & 0o777 for path in (run, run / "password")] == [0o700, 0o600]


def test_a_missing_password_is_named(start: Start, enterable_path: Path) -> None:
    start("")
    password = enterable_path / "project" / "var" / "postgres-run" / "password"
    password.unlink()
    assert f"No such file or directory: '{password}'" in start("").stderr
