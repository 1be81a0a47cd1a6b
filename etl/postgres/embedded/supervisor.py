"""A process beside a run: starts the embedded server, and stops it when its last user has ended.

Users hold a shared lock, which the system releases whatever ends them. This process waits for the
lock as a whole, so a killed run leaves no server behind. Chapter 18.5 of PostgreSQL's documentation
has the signals.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage
from typing import BinaryIO

if __package__ in {None, ""}:  # started as a file: its folder comes first, where `etl` is not
    sys.path[0] = str(Path(__file__).resolve().parents[3])

import psutil

from etl.postgres.embedded.account import Account, server_account
from etl.postgres.embedded.cluster import SHARED_MEMORY, prepare
from etl.postgres.embedded.error import EmbeddedError
from etl.postgres.embedded.locks import FileLock
from etl.postgres.embedded.place import Place, remove_sockets
from etl.postgres.embedded.programs import as_account, last_lines, newest

POLL_SECONDS = 0.02
IDLE_POLL_SECONDS = 0.1
# A server that was killed reads its log again first.
START_SECONDS_AT_MOST = 280
STOP_SECONDS_AT_MOST = 60
LOG_BYTES_AT_MOST = 1024 * 1024


def supervise(data_directory: Path) -> None:
    """Says on stdout how the server is reached, or why not; ends with the server."""
    for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    place = Place(data_directory)
    try:
        account = server_account(data_directory, newest()[1])
        own = FileLock(place.beside / "supervisor.lock", account)
        own.take(STOP_SECONDS_AT_MOST)
        server, begun_at = _running_server(data_directory), 0
        if server is None:
            sockets = place.socket_directory(account)
            prepare(data_directory, account, sockets)
            server, begun_at = _start(place, account, sockets)
        address = _wait_until_ready(place, server, begun_at)
    except EmbeddedError as error:
        _answer({"error": str(error)})
        return
    except OSError as error:
        _answer({"error": f"{error.strerror}: {error.filename}"})
        return
    _answer(address)
    users = FileLock(place.beside / "users.lock", account)
    while _is_alive(server):
        if users.try_to_take():
            _stop(server)
            break
        time.sleep(IDLE_POLL_SECONDS)
    remove_sockets(Path(address["host"]), account)


def _answer(answer: dict[str, str]) -> None:
    with suppress(BrokenPipeError):  # the run was killed meanwhile; its server still has to stop
        print(json.dumps(answer), flush=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # whoever reads sees the end


def _running_server(data_directory: Path) -> psutil.Process | None:
    """A server of this very folder whose supervisor was killed. Any other pid is a stale one."""
    pid_file = data_directory / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text("utf-8").split()[0]))
        if process.name() == "postgres" and Path(process.cwd()).samefile(data_directory):
            return process
    except (OSError, ValueError, IndexError, psutil.Error):
        pass
    pid_file.unlink(missing_ok=True)
    return None


def _start(place: Place, account: Account, sockets: Path) -> tuple[psutil.Process, int]:
    """The server, and where in the log its lines begin."""
    quoted = str(sockets).replace('"', '""')
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "hba_file": str(place.data / "pg_hba.conf"),
        "ident_file": str(place.data / "pg_ident.conf"),
        "logging_collector": "off",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    options += ["-c", SHARED_MEMORY]
    with _open_log(place.log, account) as log:
        begun_at = log.tell()
        server = psutil.Popen(
            [newest()[1] / "postgres", "-D", place.data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **as_account(account),
        )
        return server, begun_at


def _open_log(path: Path, account: Account) -> BinaryIO:
    with account.acting():
        if path.is_file() and path.stat().st_size > LOG_BYTES_AT_MOST:
            path.replace(path.with_name("log.old"))
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def _wait_until_ready(place: Place, server: psutil.Process, begun_at: int) -> dict[str, str]:
    """By the status in postmaster.pid (`miscadmin.h`: pid, folder, start, port, sockets, ...)."""
    until = time.monotonic() + START_SECONDS_AT_MOST
    while time.monotonic() < until:
        try:
            lines = (place.data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            lines = []
        if lines[7:8] and lines[7].strip() == "ready" and lines[0] == str(server.pid):
            return {"host": lines[4], "port": lines[3]}
        if not _is_alive(server):
            lines_of_its_own = place.log.read_bytes()[begun_at:].decode("utf-8", "replace")
            free = disk_usage(place.data).free // 1024**2
            silent = f"the server wrote nothing; its disk has {free:,} MB free"
            raise EmbeddedError(last_lines(lines_of_its_own) or silent)
        time.sleep(POLL_SECONDS)
    _stop(server)
    raise EmbeddedError("it did not become ready")


def _is_alive(server: psutil.Process) -> bool:
    try:
        return bool(server.is_running() and server.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _stop(server: psutil.Process) -> None:
    """Fast, else at once; the next start repairs what an immediate stop leaves."""
    for one in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        try:
            server.send_signal(one)
            server.wait(STOP_SECONDS_AT_MOST)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    supervise(Path(sys.argv[1]))
