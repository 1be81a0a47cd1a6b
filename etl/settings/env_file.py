"""Reads `.env` and finds problems: unreadable lines, misspelt names, access for other users."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from etl.models.errors import SettingProblem

# A slip of the pen is more alike than this, a variable of another program less.
LIKENESS = 0.85
# Any other name may be a piece of a value, such as a base64 key that was broken into lines.
NAME = re.compile("[A-Z][A-Z0-9_]*")


def read_env_file(path: Path) -> tuple[list[Binding], list[SettingProblem]]:
    """Returns the lines of an `.env` file that set a variable, and a problem for each broken line.

    A missing file counts as empty, an unreadable one is a problem.
    """
    try:
        # Editors on Windows begin a file with a BOM.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return [], []
    except (OSError, UnicodeError):
        return [], [SettingProblem(path.name, "unreadable")]
    # `dotenv_values` would only log lines that it cannot parse, and go on without them.
    lines = list(parse_stream(StringIO(text)))
    broken = [
        SettingProblem(path.name, "unreadable_line", {"line": str(line.original.line)})
        for line in lines
        if line.error
    ]
    return [line for line in lines if line.key], broken


def open_to_others(path: Path) -> list[SettingProblem]:
    """Returns a list with a problem if other users have any access to `path`; empty on Windows."""
    try:
        is_open = os.name == "posix" and path.stat().st_mode & 0o077
    except OSError:
        return []
    return [SettingProblem(path.name, "open_to_others")] if is_open else []


def unread(
    lines: Iterable[Binding], settings: Sequence[str], unset: Sequence[str]
) -> tuple[list[SettingProblem], list[SettingProblem]]:
    """Returns problems and warnings about `lines`, which all set other names than `settings`.

    A name that is nearly one in `unset` is a problem, any other a warning. No value is quoted.
    """
    misspelt, others, nameless = [], [], []
    for line in lines:
        name = str(line.key)
        if near := get_close_matches(name, unset, 1, LIKENESS):
            misspelt.append(SettingProblem(name, "misspelt", {"meant": near[0]}))
        elif line.value is None or not NAME.fullmatch(name):
            nameless.append(str(line.original.line))
        elif near := get_close_matches(name, settings, 1):
            others.append(SettingProblem(name, "unread_near", {"meant": near[0]}))
        else:
            others.append(SettingProblem(name, "unread"))
    if nameless:
        others.append(SettingProblem(".env", "unread_lines", {"lines": ", ".join(nameless)}))
    return misspelt, others
