"""Whose the server's process and files are: PostgreSQL refuses to work as root.

Nothing that exists changes its owner or mode, and no user is made.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from etl.postgres.embedded.error import EmbeddedError

# Accounts of systems' own that may do nothing, should the folder belong to root.
UNPRIVILEGED = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    name: str

    @property
    def is_own(self) -> bool:
        return self.uid == os.geteuid()

    def give(self, directory: Path) -> None:
        """A directory that was just made, which as root would be root's."""
        if not self.is_own:
            os.chown(directory, self.uid, self.gid, follow_symlinks=False)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Files are opened as the account itself: root would follow any link that it laid there."""
        if self.is_own:
            yield
            return
        group = os.getegid()
        os.setegid(self.gid)
        os.seteuid(self.uid)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(group)


def server_account(data_directory: Path, programs: Path) -> Account:
    """The user of this process; as root, whoever the data or the project belongs to.

    Raises `EmbeddedError` before anything is written.
    """
    if os.geteuid() != 0:
        return _own_account(data_directory)
    needed = (programs, _nearest(data_directory.parent))
    closed = None
    for account in _candidates(data_directory):
        closed = next(filter(None, (_closed(account, path) for path in needed)), None)
        if closed is None:
            return account
    if closed is None:
        raise EmbeddedError("the owner of the data has no name in /etc/passwd; add one")
    raise EmbeddedError(
        f"PostgreSQL does not work as root, and other users may not enter {closed}; move the"
        " project, with its Python, to where they may, such as /srv/lms-etl"
    )


def _own_account(data_directory: Path) -> Account:
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL needs a user with a name, and user {uid} has none in /etc/passwd; add one"
        ) from None
    if data_directory.exists() and (owner := data_directory.stat().st_uid) != uid:
        raise EmbeddedError(f"the data belongs to {_name_of(owner)}; run the program as that user")
    return Account(uid, os.getegid(), name)


def _candidates(data_directory: Path) -> Iterator[Account]:
    """Owners first, from the data to the project; root and owners without a name are passed by."""
    project = data_directory.parent.parent
    uids = [p.stat().st_uid for p in (data_directory, data_directory.parent, project) if p.exists()]
    for uid in filter(None, dict.fromkeys(uids)):
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            continue
        yield Account(uid, entry.pw_gid, entry.pw_name)
    if not (data_directory / "PG_VERSION").exists():
        for name in UNPRIVILEGED:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            yield Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _nearest(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


def _closed(account: Account, directory: Path) -> Path | None:
    """The uppermost folder on the way that the account may not enter, by owner, group and mode."""
    groups = os.getgrouplist(account.name, account.gid)
    way = (*reversed(directory.parents), directory)
    return next((path for path in way if not _allows(path.stat(), account.uid, groups)), None)


def _allows(status: os.stat_result, uid: int, groups: Sequence[int]) -> bool:
    if status.st_uid == uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid in groups:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
