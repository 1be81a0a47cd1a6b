"""Chooses the system user who runs the embedded server and owns its files.

PostgreSQL refuses to work as root. Existing files keep their owner and mode; no user is created.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from etl.models.errors import LoadError, Problem
from etl.postgres.embedded.cluster import SUPERUSER, Account, program, run

if sys.platform != "win32":
    import pwd

# What lets a program pass closed folders, the least first; a container has only the second.
CAPABILITIES = ("dac_read_search", "dac_override")


def server_account(data_directory: Path) -> Account:
    """Returns the user to run the server as: the one of this process, unless that is root.

    For root it is the owner, if not root, of the data folder, its parent or its grandparent, else
    `nobody`. Raises `LoadError`, before anything is written, if they may not enter the folders
    above the data, or not run the wheel's programs.
    """
    if sys.platform == "win32":  # pg_ctl sheds an administrator's rights
        return Account(0, 0, SUPERUSER)
    if os.geteuid() != 0:
        return _account(os.geteuid(), os.getegid())
    account, server = _owner(data_directory), program("postgres")
    folders = [folder for folder in reversed(data_directory.parents) if folder.is_dir()]
    closed = next((folder for folder in folders if not _may_enter(account, folder)), None)
    # Where the account can change the data, a capability of the server would be its own.
    for capability in CAPABILITIES if closed else ("",):
        passing = replace(account, capability=capability)
        if _may_enter(passing, folders[-1], server):
            return passing
    raise LoadError(Problem.DATABASE_EMBEDDED_CLOSED, folder=closed or server.parent)


def _owner(data_directory: Path) -> Account:
    """Returns the owner who is not root, else `nobody`; initdb accepts only one with a name."""
    is_made = (data_directory / "PG_VERSION").exists()
    for folder in (data_directory, data_directory.parent, data_directory.parent.parent):
        if folder.exists() and (uid := folder.stat().st_uid):
            account = _account(uid, folder.stat().st_gid)
            if is_made or not account.name.isdecimal():
                return account
    nobody = pwd.getpwnam("nobody")  # every system has this account, and it owns nothing
    return Account(nobody.pw_uid, nobody.pw_gid, nobody.pw_name)


def _account(uid: int, gid: int) -> Account:
    """Returns the account; a user without a name is called by the number, which initdb rejects."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid, gid, str(uid))
    return Account(uid, entry.pw_gid, entry.pw_name)


def _may_enter(account: Account, *paths: Path) -> bool:
    try:
        for path in paths:
            run(Path("test"), "-x", path, account=account)
    except LoadError:
        return False
    return True
