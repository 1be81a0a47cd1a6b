"""The embedded server as a run sees it: asked for, shared with other runs, gone when all ended."""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

from etl.models.errors import LoadError, Problem
from etl.postgres.embedded.account import Account, server_account
from etl.postgres.embedded.cluster import SUPERUSER
from etl.postgres.embedded.error import EmbeddedError
from etl.postgres.embedded.locks import POLL_SECONDS, FileLock
from etl.postgres.embedded.place import Place
from etl.postgres.embedded.programs import ENVIRONMENT, newest

SUPERVISOR = Path(__file__).with_name("supervisor.py")
# Above what the supervisor allows itself, which says why it gave up.
SECONDS_AT_MOST = 300

# Any server answers it with one byte (PostgreSQL 54.7). A connection alone proves nothing: the
# children of a killed server keep its socket for a moment.
SSL_REQUEST = bytes([0, 0, 0, 8, 4, 210, 22, 47])
KNOCK_SECONDS_AT_MOST = 5

# The locks of this process by data folder: the server lives at least as long.
_used: dict[Path, tuple[FileLock, dict[str, str]]] = {}


def start_embedded_server(data_directory: Path) -> dict[str, str]:
    """Starts the server, or finds it running; returns libpq's parameters to reach it.

    It stops by itself once the last process that used it has ended. Raises `LoadError`.
    """
    data = data_directory.absolute()
    if data not in _used:
        try:
            _used[data] = _use(Place(data))
        except (EmbeddedError, OSError) as error:
            raise LoadError(
                Problem.DATABASE_EMBEDDED, directory=data, cause=_cause(error)
            ) from error
    return dict(_used[data][1])


def leave_embedded_server(data_directory: Path) -> None:
    """Before this process ends: waits until the server has stopped, which others may not use."""
    place = Place(data_directory.absolute())
    users, _ = _used.pop(place.data)
    users.close()
    supervisor = FileLock(place.beside / "supervisor.lock", server_account(place.data, newest()[1]))
    supervisor.take(SECONDS_AT_MOST)
    supervisor.close()


def _cause(error: EmbeddedError | OSError) -> str:
    parts = [error.strerror, error.filename] if isinstance(error, OSError) else []
    return ": ".join(str(part) for part in parts if part) or str(error)


def _use(place: Place) -> tuple[FileLock, dict[str, str]]:
    account = server_account(place.data, newest()[1])
    place.make(account)
    users = FileLock(place.beside / "users.lock", account)
    with ExitStack() as on_failure:
        on_failure.callback(users.close)
        users.take(SECONDS_AT_MOST, shared=True)  # waits for a server that is stopping
        with closing(FileLock(place.beside / "start.lock", account)) as starting:
            starting.take(SECONDS_AT_MOST)
            address = _find_or_start(place, account)
        on_failure.pop_all()
    return users, {**address, "user": SUPERUSER, "dbname": SUPERUSER}


def _find_or_start(place: Place, account: Account) -> dict[str, str]:
    """A supervisor without a server ends soon: what it served has died."""
    with closing(FileLock(place.beside / "supervisor.lock", account)) as supervisor:
        until = time.monotonic() + SECONDS_AT_MOST
        while not supervisor.try_to_take():
            if address := _address_of_running(place):
                return address
            if time.monotonic() > until:
                raise EmbeddedError("it does not answer")
            time.sleep(POLL_SECONDS)
    return _start(place.data)


def _address_of_running(place: Place) -> dict[str, str] | None:
    try:
        lines = (place.data / "postmaster.pid").read_text("utf-8").splitlines()
        if lines[7].strip() != "ready":
            return None
        address = {"host": lines[4], "port": lines[3]}
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(KNOCK_SECONDS_AT_MOST)
            knock.connect(f"{address['host']}/.s.PGSQL.{address['port']}")
            knock.sendall(SSL_REQUEST)
            is_heard = bool(knock.recv(1))
    except (OSError, IndexError):
        return None
    return address if is_heard else None


def _start(data: Path) -> dict[str, str]:
    reading, writing = os.pipe()
    nowhere = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    silent = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    answer = (os.POSIX_SPAWN_DUP2, writing, 1)
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", str(SUPERVISOR), str(data)],
        ENVIRONMENT,
        file_actions=[nowhere, silent, answer],
        setsid=True,
    )
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answers:
        if not select.select([answers], [], [], SECONDS_AT_MOST)[0]:
            raise EmbeddedError("it did not start in time")
        line = answers.readline()
    address: dict[str, str] = json.loads(line) if line else {"error": "its supervisor was stopped"}
    if "error" in address:
        raise EmbeddedError(address["error"])
    return address
