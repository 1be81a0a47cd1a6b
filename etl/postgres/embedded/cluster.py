"""The data folder of the embedded server: made whole or not at all, and entered by one account.

Chapters of PostgreSQL's documentation: 18.2 Creating a Database Cluster, 20.1 The pg_hba.conf
File, 20.2 User Name Maps, 18.6 Upgrading.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp

from etl.postgres.embedded.account import Account
from etl.postgres.embedded.error import EmbeddedError
from etl.postgres.embedded.programs import newest, run

SUPERUSER = "postgres"
NEW_CLUSTER = (
    "--username", SUPERUSER, "--encoding", "UTF8", "--auth", "peer", "--no-instructions",
    "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
)  # fmt: skip
# Whoever the system says is at the other end of the socket; there is no other way in.
HBA = "local all all peer map=lms\n"


def prepare(data_directory: Path, account: Account) -> None:
    """Makes the data folder if it is missing. Raises `EmbeddedError`."""
    for unfinished in data_directory.parent.glob(f".{data_directory.name}-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if not (data_directory / "PG_VERSION").is_file():
        _initialise(data_directory, account)
    version, carried = (data_directory / "PG_VERSION").read_text("ascii").strip(), newest()[0]
    if version != str(carried):
        raise EmbeddedError(f"the data is of PostgreSQL {version}, and this program has {carried}")
    _write(data_directory / "pg_hba.conf", HBA, account)
    users = dict.fromkeys([account.name, "root"])
    lines = [f"lms {_quoted(user)} all\n" for user in users]
    _write(data_directory / "pg_ident.conf", "".join(lines), account)


def _initialise(data_directory: Path, account: Account) -> None:
    """In a folder of another name, so that what was killed in between is never taken for whole."""
    if data_directory.exists():
        if any(data_directory.iterdir()):
            raise EmbeddedError("the folder holds something that is no database")
        data_directory.rmdir()
    name = f".{data_directory.name}-"
    unfinished = Path(mkdtemp(prefix=name, dir=data_directory.parent))
    account.give(unfinished)
    run(newest()[1] / "initdb", "-D", unfinished, *NEW_CLUSTER, account=account)
    unfinished.rename(data_directory)


def _write(path: Path, text: str, account: Account) -> None:
    with account.acting():
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            path.chmod(0o600)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
