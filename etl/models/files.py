"""Writes and opens files so that readers see them whole and other users cannot interfere.

Other users who may write to a folder of ours could put links or files of their own into it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

PRIVATE, PUBLIC = 0o600, 0o644
DAY_SECONDS = 86_400
# Windows has neither. Without the second, opening a pipe would wait for its other end.
SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def replacing(file: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Yields a new file to write, and moves it over `file` once it is complete and on the disk.

    If `file` is a link, its target is replaced. If this user owned the old file, the new one keeps
    its group, and its mode as far as `mode` allows. Raises `OSError` if writing is impossible.
    """
    file = target_of(file)
    unfinished = file.with_name(f".{file.name}.{token_hex(8)}.unfinished")
    try:
        # "x" follows no link; and nobody can lay a file beforehand whose name they cannot foresee.
        with open(unfinished, "xb", opener=partial(os.open, mode=mode)) as stream:
            _keep_rights(stream.fileno(), file, mode)
            _delete_unfinished(file.parent, os.fstat(stream.fileno()).st_mtime - DAY_SECONDS)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    finally:
        with suppress(OSError):  # after success it is not there any more
            unfinished.unlink()


def _keep_rights(new: int, file: Path, at_most: int) -> None:
    with suppress(OSError):  # there is no such file, or its group is not for this user to give
        old = file.lstat()
        if sys.platform != "win32" and _is_ours(old):
            os.fchmod(new, old.st_mode & at_most)
            os.fchown(new, -1, old.st_gid)


def _delete_unfinished(folder: Path, until: float) -> None:
    """Deletes what killed programs left: a backup has students' ids, and a name of its own."""
    for path in folder.glob(".*.unfinished"):
        with suppress(OSError):
            found = path.lstat()
            if _is_ours(found) and found.st_mtime < until:
                path.unlink()


def target_of(path: Path) -> Path:
    """Returns `path` with all symbolic links followed, also those of its folders.

    Raises `OSError` for what is neither file nor folder, and for links that others made, as these
    could lead to any file: it follows only links of this user, of root, and, unless this user is
    root, of the owner of the link's folder.
    """
    if path.parent != path:
        path = target_of(path.parent) / path.name
    with suppress(FileNotFoundError):  # any other error, as of links in a circle, is one of ours
        if stat.S_IFMT(path.stat().st_mode) not in {stat.S_IFREG, stat.S_IFDIR}:
            raise OSError(errno.EINVAL, "neither a file nor a folder", str(path))
    if not path.is_symlink():
        return path
    link, host = path.lstat(), path.parent.stat().st_uid
    if not _is_ours(link, stat.S_IFLNK) and (link.st_uid != host or os.geteuid() == 0):
        raise PermissionError(errno.EPERM, "a link that somebody else made", str(path))
    return target_of(path.parent / path.readlink())


def open_own(path: str, flags: int) -> int:
    """Opens a file of this user, to be the `opener` of `open`; a new file gets mode 0600.

    Raises `OSError` for symbolic links, files of other users, and files with several hard links.
    """
    descriptor = os.open(path, flags | SAFELY, PRIVATE)
    found = os.fstat(descriptor)
    if _is_ours(found) and found.st_nlink == 1:
        return descriptor
    os.close(descriptor)
    raise PermissionError(errno.EPERM, "not a file of our own", path)


def _is_ours(found: os.stat_result, kind: int = stat.S_IFREG) -> bool:
    is_own = found.st_uid == 0 or found.st_uid == os.geteuid()  # Windows says 0 of every file
    return is_own and stat.S_IFMT(found.st_mode) == kind


def act_as_owner(*folders: Path) -> str | None:
    """Turns a process of root into one of the user who owns all `folders`; returns their home.

    Returns None and changes nothing for other processes, or if the owners differ, or are root or
    `nobody` (the user of root's embedded server).
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd  # Windows has none

    owners = {one.lstat().st_uid or one.stat().st_uid for one in folders if one.exists()}
    # In a container a volume's owner may have no name, and root no right to become another user.
    with suppress(KeyError, PermissionError):
        user = pwd.getpwuid(owners.pop() if len(owners) == 1 else 0)
        if user.pw_uid and user.pw_name != "nobody":
            os.initgroups(user.pw_name, user.pw_gid)
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            return user.pw_dir
    return None
