"""Embedded servers, asked something and left again; other users, and a Python for them."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest

from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from etl.postgres.embedded.account import server_account
from tests.test_house_rules import PROJECT

if sys.platform == "win32":  # sockets, users, signals, and psutil, which Wine does not know
    collect_ignore = ["test_lifecycle.py", "test_owners.py", "test_places.py"]
else:
    import pwd

as_root = sys.platform != "win32" and os.geteuid() == 0

USER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import psycopg2
from etl.postgres.embedded import start_embedded_server
session = psycopg2.connect(**start_embedded_server(Path(sys.argv[2])))
print("started", flush=True)
sys.stdin.read()
session.cursor().execute("SELECT 1")
"""


@contextmanager
def user_of(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that uses the server until its stdin ends."""
    command = [sys.executable, "-c", USER, str(PROJECT), str(data)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        yield process


def started(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout
    assert process.stdout.readline().strip() == b"started"


@pytest.fixture
def query() -> Callable[[Path, str], object]:
    """Starts the server of a data folder, asks for one value, and waits until it has stopped."""

    def ask(data: Path, sql: str) -> object:
        session = psycopg2.connect(**start_embedded_server(data))
        session.autocommit = True
        with session.cursor() as at:
            at.execute(sql)
            value: object = at.fetchone()[0] if at.description else None
        session.close()
        leave_embedded_server(data)
        return value

    return ask


def run_as(user: str | int, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Only root can become somebody else, who may pass folders if the project is a closed one."""
    number = user if isinstance(user, int) else pwd.getpwnam(user).pw_uid
    ours = server_account(PROJECT / "var")
    account = replace(ours, uid=number, gid=number) if as_root else ours
    starting = account.starting(*command)
    return subprocess.run(capture_output=True, text=True, check=False, cwd="/", **starting)


@pytest.fixture
def enterable_path() -> Iterator[Path]:
    """Like `tmp_path`, but other users may enter it, if they may enter the project."""
    with TemporaryDirectory(prefix="enterable-", ignore_cleanup_errors=True) as directory:
        if not server_account(PROJECT / "var").capability:
            Path(directory).chmod(0o711)
        yield Path(directory)


@pytest.fixture
def anyones_python(enterable_path: Path) -> Path:
    """A Python that other users may run, with our libraries; root's own may be in its home."""
    if not as_root:
        return Path(sys.executable)
    base = Path(sys.executable).resolve()
    try:
        run_as("daemon", base, "-c", "")
    except PermissionError:
        base = Path("/usr/bin/python3")
    environment = enterable_path / "python"
    venv = [str(base), "-m", "venv", "--without-pip", str(environment)]
    subprocess.run(venv, check=True)
    (place,) = environment.glob("lib/python3*/site-packages")
    (place / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    return environment / "bin" / "python"
