"""Files of which no reader sees half, and with which no other user of the machine can meddle.

Where others may write to a folder of ours, they can lay links in it, or files of their own.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

PRIVATE, PUBLIC = 0o600, 0o644
# Windows has neither. Without the second, opening a pipe would wait for its other end.
SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
# To whom root's own embedded server gives `var`.
UNPRIVILEGED = "nobody"
# Of Python, this program and the packages: where one can be read, the others can.
SAMPLES = ("json", "etl", "gspread")


@contextmanager
def replacing(file: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Yields a new file, and moves it over `file` once it is whole and on the disk.

    A link stays where it is, and its target is replaced. Raises `OSError`.
    """
    file = target_of(file)
    unfinished = file.with_name(f".{file.name}.{token_hex(8)}")
    try:
        # "x" follows no link; and nobody can lay a file beforehand whose name they cannot foresee.
        with open(unfinished, "xb", opener=partial(os.open, mode=mode)) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    finally:
        with suppress(OSError):  # after success it is not there any more
            unfinished.unlink()


def target_of(path: Path) -> Path:
    """Returns where to write: `path`, or what it links to. Raises `OSError` for strangers' links.

    These would choose which of our files is lost. The folder's owner is no stranger, but to root.
    """
    with suppress(FileNotFoundError):  # any other error, as of links in a circle, is one of ours
        if stat.S_IFMT(path.stat().st_mode) not in {stat.S_IFREG, stat.S_IFDIR}:
            raise OSError(errno.EINVAL, "neither a file nor a folder", str(path))
    while path.is_symlink():
        owner, host = path.lstat().st_uid, path.parent.stat().st_uid
        if not _is_ours(owner) and (owner != host or os.geteuid() == 0):
            raise PermissionError(errno.EPERM, "a link that somebody else made", str(path))
        path = path.parent / path.readlink()
    return path


def make_private(folder: Path) -> None:
    """Makes a missing folder for its owner alone. Raises `OSError`, also for strangers' links."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    target_of(folder).mkdir(mode=0o700, exist_ok=True)


def open_own(path: str, flags: int) -> int:
    """Opens files of ours, as `opener` of `open`; new ones are for their owner alone.

    Raises `OSError` for links, other people's files, and those that have a second name.
    """
    descriptor = os.open(path, flags | SAFELY, PRIVATE)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and _is_ours(found.st_uid):
        return descriptor
    os.close(descriptor)
    raise PermissionError(errno.EPERM, "not a file of our own", path)


def _is_ours(owner: int) -> bool:
    return owner == 0 or owner == os.geteuid()  # Windows says 0 of every file


def act_as_owner(*folders: Path) -> str | None:
    """Makes root the one user to whom all these folders belong, for good; returns their home.

    Changes nothing if there is no such user. Raises `PermissionError` if they may not run this.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd  # Windows has none

    owners = {one.lstat().st_uid or one.stat().st_uid for one in folders if one.exists()}
    try:
        user = pwd.getpwuid(owners.pop() if len(owners) == 1 else 0)
    except KeyError:  # as a volume's owner in a container
        return None
    if user.pw_uid == 0 or user.pw_name == UNPRIVILEGED:
        return None
    imported = [spec.origin or "" for spec in map(find_spec, SAMPLES) if spec]
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    for place in imported:
        if not os.access(place, os.R_OK):
            raise PermissionError(errno.EACCES, f"closed to {user.pw_name}", place)
    return user.pw_dir
