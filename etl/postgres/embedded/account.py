"""Chooses the user who runs the server and owns its files: PostgreSQL refuses to work as root.

Existing files keep their owner and mode, and no user is created.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from etl.models.errors import LoadError, Problem
from etl.postgres.embedded.cluster import SUPERUSER, Account, program

if sys.platform != "win32":
    import pwd

# For folders that belong to root: every system has this account, and it owns nothing.
UNPRIVILEGED = "nobody"


def server_account(data_directory: Path) -> Account:
    """Returns the user of this process; for root the owner of data or project, else `nobody`.

    Raises `LoadError` before anything is written if this user may not enter the folders.
    """
    if sys.platform == "win32":  # pg_ctl sheds an administrator's rights
        return Account(0, 0, SUPERUSER)
    if os.geteuid() != 0:
        return _account(os.geteuid(), os.getegid())
    account = _owner(data_directory)
    for folder in (program("postgres").parent, data_directory.parent):
        if closed := _closed(account, folder):
            raise LoadError(Problem.DATABASE_EMBEDDED_CLOSED, folder=closed)
    return account


def _owner(data_directory: Path) -> Account:
    """Returns the owner who is not root, else `nobody`; initdb accepts only one with a name."""
    is_made = (data_directory / "PG_VERSION").exists()
    for folder in (data_directory, data_directory.parent, data_directory.parent.parent):
        if folder.exists() and (uid := folder.stat().st_uid):
            account = _account(uid, folder.stat().st_gid)
            if is_made or not account.name.isdecimal():
                return account
    nobody = pwd.getpwnam(UNPRIVILEGED)
    return Account(nobody.pw_uid, nobody.pw_gid, nobody.pw_name)


def _account(uid: int, gid: int) -> Account:
    """Returns the account; a user without a name is called by the number, which initdb rejects."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid, gid, str(uid))
    return Account(uid, entry.pw_gid, entry.pw_name)


def _closed(account: Account, folder: Path) -> Path | None:
    """Returns the uppermost folder on the way that the account may not enter, if any."""
    with account.acting():
        for step in (*reversed(folder.parents), folder):
            try:
                os.stat(f"{step}/.")  # noqa: PTH116 - `Path` would leave the dot out
            except PermissionError:
                return step
            except FileNotFoundError:  # it will be made
                return None
    return None
