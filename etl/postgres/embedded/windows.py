"""The embedded server's own ways on Windows: file locks, inherited handles, short paths.

Sources: Microsoft's "Creating and Opening Files" (sharing modes), "GetShortPathNameW".
"""

from __future__ import annotations

import _winapi
import ctypes
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

assert sys.platform == "win32"  # on others mypy reads no further

# Programs need more variables than anybody lists: sockets, for instance, need SystemRoot.
OF_THE_SYSTEM = {
    name: value for name, value in os.environ.items() if not name.startswith(("PG", "PYTHON"))
}

FILE_SHARE_READ = 1
OPEN_ALWAYS = 4
ERROR_SHARING_VIOLATION = 32
PATH_CHARACTERS_AT_MOST = 32_768


class FileLock(ExitStack):
    """A lock on a file, made if missing; a child process that inherits the file keeps the lock.

    An exclusive lock keeps others from opening the file, a shared one from writing to it. Locks on
    a file's bytes would not do: no process inherits them.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.name = path

    def try_to_take(self, *, shared: bool = False) -> bool:
        access = _winapi.GENERIC_READ | (0 if shared else _winapi.GENERIC_WRITE)
        sharing = FILE_SHARE_READ if shared else 0
        try:
            self._handle = _winapi.CreateFile(
                str(self.name), access, sharing, _winapi.NULL, OPEN_ALWAYS, 0, _winapi.NULL
            )
        except OSError as error:
            if error.winerror == ERROR_SHARING_VIOLATION:
                return False
            raise
        self.callback(_winapi.CloseHandle, self._handle)
        return True

    @property
    def inherited(self) -> dict[str, Any]:
        """Keywords of `subprocess` that start a process with this lock, without a console."""
        os.set_handle_inheritable(self._handle, True)
        handles = {"handle_list": [self._handle]}  # without it, all that can be inherited are
        return {
            "startupinfo": subprocess.STARTUPINFO(lpAttributeList=handles),
            "creationflags": subprocess.CREATE_NO_WINDOW,
        }


def spelled(*arguments: str | Path) -> list[str]:
    """Returns the command with 8.3 names for paths beyond ASCII, which PostgreSQL may not open."""
    return [_ascii(one) if isinstance(one, Path) else one for one in arguments]


def _ascii(path: Path) -> str:
    name = ctypes.create_unicode_buffer(PATH_CHARACTERS_AT_MOST)
    if not str(path).isascii():
        ctypes.windll.kernel32.GetShortPathNameW(str(path), name, len(name))
    return name.value or str(path)
