"""Embedded servers, asked something and left again; other users, and a Python for them."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from etl.postgres.embedded import leave_embedded_server, start_embedded_server

if sys.platform == "win32":  # sockets, users, signals, and psutil, which Wine does not know
    collect_ignore = ["test_lifecycle.py", "test_owners.py", "test_places.py"]
else:
    import pwd

as_root = sys.platform != "win32" and os.geteuid() == 0


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
    """Only root can become somebody else."""
    number = user if isinstance(user, int) else pwd.getpwnam(user).pw_uid
    identity: dict[str, Any] = {"user": number, "group": number, "extra_groups": []}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/",
        **(identity if as_root else {}),
    )  # fmt: skip


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
