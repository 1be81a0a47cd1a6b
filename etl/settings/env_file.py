"""Reads `.env`, refuses what cannot be meant as it stands, and finds what is odd about it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from etl.models.errors import SettingProblem

# Near enough for a slip of the pen, too far for another program's variable.
LIKENESS = 0.85
# Anything else may be a piece of a value: a key in base64 that was broken into lines, say.
NAME = re.compile("[A-Z][A-Z0-9_]*")


def read_env_file(path: Path) -> tuple[list[Binding], list[SettingProblem]]:
    """Its lines with a variable, and those that are none. A missing file is an empty one."""
    try:
        # Editors on Windows begin a file with a BOM.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return [], []
    except (OSError, UnicodeError):
        return [], [SettingProblem(path.name, "unreadable")]
    # Not `dotenv_values`, which only logs what it cannot read and goes on without it.
    lines = list(parse_stream(StringIO(text)))
    broken = [
        SettingProblem(path.name, "unreadable_line", {"line": str(line.original.line)})
        for line in lines
        if line.error
    ]
    return [line for line in lines if line.key], broken


def open_to_others(path: Path) -> list[SettingProblem]:
    """On Windows the mode says nothing about who may read."""
    try:
        is_open = os.name == "posix" and path.stat().st_mode & 0o077
    except OSError:
        return []
    return [SettingProblem(path.name, "open_to_others")] if is_open else []


def unread(lines: Iterable[Binding], settings: Sequence[str]) -> list[SettingProblem]:
    """Lines that set nothing that the program reads, with the setting that may be meant."""
    found, nameless = [], []
    for line in lines:
        name = str(line.key)
        if line.value is None or not NAME.fullmatch(name):
            nameless.append(str(line.original.line))
        else:
            near = get_close_matches(name, settings, 1)
            found.append(
                SettingProblem(name, "unread_near", {"meant": near[0]})
                if near
                else SettingProblem(name, "unread")
            )
    if nameless:
        found.append(SettingProblem(".env", "unread_lines", {"lines": ", ".join(nameless)}))
    return found


def misspelt(names: Iterable[str], settings: Sequence[str]) -> list[SettingProblem]:
    """Names that are nearly those of settings. Any others are not ours to judge."""
    return [
        SettingProblem(name, "misspelt", {"meant": near[0]})
        for name in names
        if (near := get_close_matches(name, settings, 1, LIKENESS))
    ]
