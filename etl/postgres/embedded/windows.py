"""What Windows does differently: locks on files, what a new process inherits, names of paths.

Sources: Microsoft's "Creating and Opening Files" (sharing modes), "GetShortPathNameW".
"""

from __future__ import annotations

import _winapi
import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

assert sys.platform == "win32"  # on others mypy reads no further

# Programs need more variables than anybody lists: sockets, for instance, need SystemRoot.
OF_THE_SYSTEM = {
    name: value for name, value in os.environ.items() if not name.startswith(("PG", "PYTHON"))
}

FILE_SHARE_READ = 1
OPEN_ALWAYS = 4
ERROR_SHARING_VIOLATION = 32
PATH_CHARACTERS_AT_MOST = 32_768


class FileLock:
    """A lock on a file, which is made if missing; a process that inherits it keeps the lock.

    While the file is open, nobody else may open it; a shared lock lets others read it. Locks on a
    file's bytes would not do: no process inherits them.
    """

    def __init__(self, path: Path) -> None:
        self.name = path
        self._handle = 0

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
        return True

    @property
    def inherited(self) -> dict[str, Any]:
        """Keywords of `subprocess` for a process that inherits the lock, and nothing else.

        It has a console of its own, unseen, so that no Ctrl-C reaches it.
        """
        os.set_handle_inheritable(self._handle, True)
        handles = {"handle_list": [self._handle]}
        return {
            "startupinfo": subprocess.STARTUPINFO(lpAttributeList=handles),
            "creationflags": subprocess.CREATE_NO_WINDOW,
        }

    def close(self) -> None:
        if self._handle:
            _winapi.CloseHandle(self._handle)
            self._handle = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def short_path(path: Path) -> str:
    """Returns the path, by its short name if the system's code page lacks a letter of it."""
    try:
        str(path).encode("mbcs")
    except UnicodeEncodeError:
        name = ctypes.create_unicode_buffer(PATH_CHARACTERS_AT_MOST)
        if ctypes.windll.kernel32.GetShortPathNameW(str(path), name, len(name)):
            return name.value
    return str(path)
