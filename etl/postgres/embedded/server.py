"""Starts the embedded server for the first run that needs it; stops it after the last has ended.

A process beside the runs, the supervisor, starts the server and stops it. Each process holds a
lock on a file, which the system releases however it ends: a killed run leaves no server.

users.lock        shared by the runs that use the server; the supervisor waits until none has it
supervisor.lock   the supervisor's, inherited from the run that starts it: there is one at a time
server.lock       the server's, inherited from its supervisor: held while one is prepared or runs
"""

from __future__ import annotations

import atexit
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from shutil import disk_usage
from tempfile import mkdtemp
from typing import Any

from etl.models.errors import LoadError
from etl.postgres.embedded.account import server_account
from etl.postgres.embedded.cluster import (
    ENVIRONMENT,
    LOG_WITHOUT_ROWS,
    SHARED_MEMORY,
    SUPERUSER,
    Account,
    failure,
    last_lines,
    password,
    prepare,
    program,
    run,
    spelled,
    unfinished_directory,
)

if sys.platform == "win32":
    from etl.postgres.embedded.windows import FileLock
else:
    import fcntl

POLL_SECONDS = 0.02
IDLE_POLL_SECONDS = 0.1
# After it was killed, a server reads its log again first.
START_SECONDS_AT_MOST = 300
STOP_SECONDS_AT_MOST = 60

# A socket's address has at most 104 bytes on macOS, 108 on Linux (unix(7)), its end included.
ADDRESS_BYTES = 103
PORT = "5432"
SOCKET_NAME = f"/.s.PGSQL.{PORT}"
SHORT_PLACE = "/tmp"  # noqa: S108 - the folder made there is private

PROJECT = Path(__file__).resolve().parents[3]
SUPERVISOR = (
    "import sys; sys.path[:] = sys.argv[2:]\n"
    "from etl.postgres.embedded.server import supervise; supervise(sys.argv[1])"
)
LOOPBACK = "127.0.0.1"


if sys.platform != "win32":

    class FileLock(FileIO):
        """A lock on a file (flock(2)); a child process that inherits the file keeps the lock."""

        def try_to_take(self, *, shared: bool = False) -> bool:
            try:
                fcntl.flock(self, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        @property
        def inherited(self) -> dict[str, Any]:
            """Keywords of `subprocess` that start a process with this lock, without a terminal."""
            return {"pass_fds": [self.fileno()], "start_new_session": True}


def _take(lock: FileLock, seconds_at_most: float, *, shared: bool = False) -> None:
    """Waits for the lock. Raises `TimeoutError` if another process keeps it for so long."""
    until = time.monotonic() + seconds_at_most
    while not lock.try_to_take(shared=shared):
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), lock.name)
        time.sleep(POLL_SECONDS)


@dataclass(frozen=True)
class Place:
    """The folders of an embedded server: `data`, and `beside` for locks, log and usually socket."""

    data: Path
    account: Account

    @classmethod
    def of(cls, data_directory: Path) -> Place:
        return cls(data_directory, server_account(data_directory))

    @property
    def beside(self) -> Path:
        return self.data.with_name(f"{self.data.name}-run")

    @property
    def log(self) -> Path:
        return self.beside / "log"

    def make(self) -> None:
        """Makes the folder `beside` if missing, under another name until `account` owns it."""
        with suppress(FileExistsError):  # another run may make it at the same moment
            self.data.parent.mkdir(0o755, parents=True)
            self.account.give(self.data.parent)
        if not self.beside.exists():
            made = unfinished_directory(self.data)
            with suppress(OSError):  # another run made it; the next start removes this one
                self.account.give(made)
                made.rename(self.beside)

    def lock(self, name: str) -> FileLock:
        if sys.platform == "win32":
            return FileLock(self.beside / f"{name}.lock")
        return self._open(f"{name}.lock", "r+")

    def open_log(self) -> FileIO:
        if sys.platform == "win32":
            with suppress(OSError):  # there is none, or a server writes to it
                self.log.replace(self.log.with_name("log.old"))
            return FileIO(self.log, "a")
        if self.log.is_file():
            run(Path("mv"), self.log, self.log.with_name("log.old"), account=self.account)
        return self._open(self.log.name, "a")

    def _open(self, name: str, mode: str) -> FileLock:
        """Opens a file in `beside`, made if missing. Raises `OSError` unless `account` owns it."""
        path = self.beside / name
        if not path.exists():
            run(Path("touch"), path, account=self.account)
        file = FileLock(path, mode)
        if os.fstat(file.fileno()).st_uid != self.account.uid:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(path))
        return file

    def socket_directory(self) -> Path:
        """Returns a private folder for the socket: `beside` if libpq can use that, else a new one.

        A socket's path must be short, and libpq takes a comma for the end of a host.
        """
        address = f"{self.beside}{SOCKET_NAME}"
        if len(address.encode()) <= ADDRESS_BYTES and "," not in address:
            return self.beside
        made = Path(mkdtemp(prefix="lms-etl-", dir=SHORT_PLACE))
        if self.account.capability:  # in a folder as closed as that of the data
            made /= "run"
            made.mkdir(0o700)
        self.account.give(made)
        return made


@dataclass(frozen=True)
class Server:
    """A running embedded server: its process id, and host (or socket folder) and port for libpq."""

    pid: str
    host: str
    port: str = PORT


# The servers that this process uses, by data folder; none stops while its lock is held.
_used: dict[Path, tuple[FileLock, Server]] = {}


def start_embedded_server(data_directory: Path) -> dict[str, str]:
    """Starts the embedded server if it is not running; returns libpq's parameters to connect.

    The server stops by itself once the last process that used it has ended. Raises `LoadError`,
    with the server's or system's own words, if it cannot be started.
    """
    data = data_directory.absolute()
    try:
        if data not in _used:
            _used[data] = _use(Place.of(data))
        known = password(data)
    except OSError as error:
        raise failure(_said(error)) from error
    _, server = _used[data]
    parameters = {"host": server.host, "port": server.port, "user": SUPERUSER, "dbname": SUPERUSER}
    return {**parameters, "password": known} if known else parameters


def leave_embedded_server(data_directory: Path) -> None:
    """Stops using the embedded server, and waits for its end.

    Raises `TimeoutError` after `START_SECONDS_AT_MOST` if other processes still use it.
    """
    place = Place.of(data_directory.absolute())
    users, _ = _used.pop(place.data)
    users.close()
    with place.lock("supervisor") as supervisor:
        _take(supervisor, START_SECONDS_AT_MOST)


def _said(error: OSError) -> str:
    parts = (error.strerror, error.filename)
    return ": ".join(str(part) for part in parts if part) or str(error)


def _use(place: Place) -> tuple[FileLock, Server]:
    place.make()
    with ExitStack() as on_failure:
        users = on_failure.enter_context(place.lock("users"))
        _take(users, START_SECONDS_AT_MOST, shared=True)  # waits for a server that is stopping
        server = _find_or_start(place)
        on_failure.pop_all()
    atexit.register(users.close)
    return users, server


def _find_or_start(place: Place) -> Server:
    with place.lock("supervisor") as supervisor:
        if server := _wait(place, supervisor):
            return server
        _start_supervisor(place, supervisor)
    with place.lock("supervisor") as supervisor:
        if server := _wait(place, supervisor):
            return server
    raise _last_words(place)


def _wait(place: Place, lock: FileLock) -> Server | None:
    """Returns the server once it answers; None, with `lock` taken, once no process holds that."""
    until = time.monotonic() + START_SECONDS_AT_MOST
    while not lock.try_to_take():
        if server := _answering(place):
            return server
        if time.monotonic() > until:
            raise _last_words(place)
        time.sleep(POLL_SECONDS)
    return None


def _answering(place: Place) -> Server | None:
    """Returns the server if ready, by postmaster.pid (`miscadmin.h`: pid, folder, start, ...)."""
    try:
        lines = (place.data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        server = Server(pid=lines[0], host=lines[4] or lines[5], port=lines[3])
        is_ours = server.port == PORT or server.host == LOOPBACK  # else it is pg_upgrade's
        if not is_ours or lines[7].strip() != "ready":
            return None
        # The children of a killed server keep its socket for a moment, and do not answer.
        run(program("pg_isready"), "-h", server.host, "-p", server.port, "-U", SUPERUSER)
    except (OSError, ValueError, IndexError, LoadError):
        return None
    return server


def _last_words(place: Place) -> LoadError:
    """Returns an error with what server and supervisor have logged, in a log that begins anew."""
    written = place.log.read_text("utf-8", "replace")
    free = disk_usage(place.beside).free // 1024**2
    return failure(
        last_lines(written) or f"the server wrote nothing; its disk has {free:,} MB free"
    )


def _start_supervisor(place: Place, lock: FileLock) -> None:
    with place.open_log() as log:
        command = [sys.executable, "-I", "-c", SUPERVISOR, str(place.data), str(PROJECT), *sys.path]
        started = subprocess.Popen(  # noqa: S603 - this Python
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=ENVIRONMENT,
            **lock.inherited,
        )
        started.returncode = 0  # nobody waits for it


def supervise(data_directory: str) -> None:
    """Runs the supervisor: starts the server, or takes over a running one; stops it when unused."""
    for ignored in {"SIGHUP", "SIGINT", "SIGTERM"} & set(dir(signal)):  # not all are on Windows
        # Not SIG_IGN, which the server would inherit.
        signal.signal(getattr(signal, ignored), lambda *_: None)
    place = Place.of(Path(data_directory))
    try:
        with place.lock("server") as life:
            server = _wait(place, life) or _start(place, life)
    except OSError as error:
        sys.exit(_said(error))  # into the log, where the run reads it
    except LoadError as error:
        sys.exit(str(error.facts["said"]))
    with place.lock("users") as users, place.lock("server") as life:
        while not life.try_to_take():
            if users.try_to_take():
                _stop(server.pid, life, place.account)
                break
            time.sleep(IDLE_POLL_SECONDS)
    if sys.platform != "win32":
        _remove_sockets(server.host, place.account)


def _start(place: Place, life: FileLock) -> Server:
    if sys.platform == "win32":
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        prepare(place.data, place.account, place.beside)
        return _start_on_port(place, life)
    run(Path("rm"), "-f", place.data / "postmaster.pid", account=place.account)  # if it is dead
    _remove_sockets(str(place.beside), place.account)
    sockets = place.socket_directory()
    prepare(place.data, place.account, sockets)
    quoted = str(sockets).replace('"', '""')
    options = (
        "--listen_addresses=",
        f"--port={PORT}",
        f'--unix_socket_directories="{quoted}"',
        "--unix_socket_permissions=0700",
        *(f"--{setting}" for setting in SHARED_MEMORY),
        *LOG_WITHOUT_ROWS,
    )
    process = subprocess.Popen(
        **place.account.starting(program("postgres"), "-D", place.data, *options),
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd="/",
        **life.inherited,
    )
    return Server(str(process.pid), str(sockets))


def _start_on_port(place: Place, life: FileLock) -> Server:
    """Starts the server by pg_ctl: it sheds an administrator's rights, which the server refuses."""
    with socket.create_server((LOOPBACK, 0)) as found:
        port = found.getsockname()[1]
    options = " ".join((f"--listen_addresses={LOOPBACK}", f"--port={port}", *LOG_WITHOUT_ROWS))
    ctl = (program("pg_ctl"), "start", "-s", "-w", "-t", str(START_SECONDS_AT_MOST))
    started = subprocess.run(  # noqa: S603 - the wheel's pg_ctl
        spelled(*ctl, "-D", place.data, "-o", options),
        stdin=subprocess.DEVNULL,
        check=False,
        env=ENVIRONMENT,
        **life.inherited,
    )
    if started.returncode:
        sys.exit(started.returncode)  # the log has the reason
    pid, *_ = (place.data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    return Server(pid, LOOPBACK, str(port))


def _stop(pid: str, life: FileLock, account: Account) -> None:
    """Stops the server fast, else immediately, which the next start repairs.

    The account sends the signals, not root: it can write any process into postmaster.pid.
    """
    for one in ("INT", "QUIT", "KILL"):
        with suppress(LoadError, TimeoutError):
            run(program("pg_ctl"), "kill", one, pid, account=account)
            _take(life, STOP_SECONDS_AT_MOST)
            return


def _remove_sockets(directory: str, account: Account) -> None:
    """Removes a dead server's socket, with its lock, which may name a zombie, and the empty folder.

    Nothing else, and not as root: the folder's name is from a file that the account can write.
    """
    sockets = f"{directory}{SOCKET_NAME}"
    with suppress(LoadError):
        run(Path("rm"), "-f", sockets, f"{sockets}.lock", account=account)
        run(Path("rmdir"), directory, account=account)
    if account.capability:  # then root's own folder is around it; no others go, unless empty
        with suppress(OSError):
            Path(directory).rmdir()
            Path(directory).parent.rmdir()
