"""The data folder of the embedded server: made whole or not at all, and entered by one account.

Chapters of PostgreSQL's documentation: 18.2 Creating a Database Cluster, 20.1 The pg_hba.conf
File, 20.2 User Name Maps, 18.6 Upgrading.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from etl.postgres.embedded.error import EmbeddedError
from etl.postgres.embedded.programs import newest, programs_of, run

if TYPE_CHECKING:
    from etl.postgres.embedded.account import Account

SUPERUSER = "postgres"
# In files beside the data: a container's /dev/shm has 64 MB or less, and two workers' hashes more.
SHARED_MEMORY = "dynamic_shared_memory_type=mmap"
NEW_CLUSTER = (
    "--username", SUPERUSER, "--encoding", "UTF8", "--no-instructions",
    "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
    "--set", SHARED_MEMORY,
)  # fmt: skip
# Whoever the system says is at the other end of the socket; there is no other way in.
HBA = "local all all peer map=lms\n"


def prepare(data_directory: Path, account: Account, sockets: Path) -> None:
    """Makes the data folder if it is missing, or upgrades it. Raises `EmbeddedError`."""
    for unfinished in data_directory.parent.glob(f".{data_directory.name}-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if _replaced(data_directory).exists() and not data_directory.exists():
        _replaced(data_directory).rename(data_directory)  # killed within an upgrade
    if not (data_directory / "PG_VERSION").is_file():
        if data_directory.exists():
            if any(data_directory.iterdir()):
                raise EmbeddedError("the folder holds something that is no database")
            data_directory.rmdir()
        _new_cluster(data_directory, account).rename(data_directory)
    version = (data_directory / "PG_VERSION").read_text("ascii").strip()
    if version != str(newest()[0]):
        _upgrade(data_directory, version, account, sockets)
    _let_in(data_directory, account)


def _new_cluster(data_directory: Path, account: Account, *options: str) -> Path:
    """Beside, under another name: what is killed in between is never taken for whole."""
    name = f".{data_directory.name}-"
    unfinished = Path(mkdtemp(prefix=name, dir=data_directory.parent))
    account.give(unfinished)
    initdb = (newest()[1] / "initdb", "-D", unfinished, "--auth", "peer")
    run(*initdb, *NEW_CLUSTER, *options, account=account)
    return unfinished


def _upgrade(data_directory: Path, version: str, account: Account, sockets: Path) -> None:
    """Into a copy by pg_upgrade; the old data stays beside it, as `postgres-16`."""
    (carried, programs), old_programs = newest(), programs_of(version)
    if old_programs is None:
        raise EmbeddedError(f"the data is of PostgreSQL {version}, and this program has {carried}")
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
    )
    replaced = _replaced(data_directory)
    data_directory.rename(replaced)
    new.rename(data_directory)
    replaced.rename(data_directory.with_name(f"{data_directory.name}-{version}"))


def _replaced(data_directory: Path) -> Path:
    return data_directory.with_name(f"{data_directory.name}-replaced")


def _let_in(data_directory: Path, account: Account) -> None:
    _write(data_directory / "pg_hba.conf", HBA, account)
    users = dict.fromkeys([account.name, "root"])
    lines = [f"lms {_quoted(user)} all\n" for user in users]
    _write(data_directory / "pg_ident.conf", "".join(lines), account)


def _write(path: Path, text: str, account: Account) -> None:
    with account.acting():
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            path.chmod(0o600)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
