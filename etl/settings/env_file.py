"""Reads `.env`, and refuses what cannot be meant as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from etl.models.errors import SettingProblem

# Near enough for a slip of the pen, too far for another program's variable.
LIKENESS = 0.85


def read_env_file(path: Path) -> tuple[Mapping[str, str | None], list[SettingProblem]]:
    """Its variables, and its lines that are none. A missing file is an empty one."""
    try:
        # Editors on Windows begin a file with a BOM.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeError):
        return {}, [SettingProblem(path.name, "unreadable")]
    # Not `dotenv_values`, which only logs what it cannot read and goes on without it.
    lines = list(parse_stream(StringIO(text)))
    broken = [
        SettingProblem(path.name, "unreadable_line", {"line": str(line.original.line)})
        for line in lines
        if line.error
    ]
    return {line.key: line.value for line in lines if line.key}, broken


def misspelt(names: Iterable[str], settings: Sequence[str]) -> list[SettingProblem]:
    """Names that are nearly those of settings. Any others are not ours to judge."""
    return [
        SettingProblem(name, "misspelt", {"meant": near[0]})
        for name in names
        if (near := get_close_matches(name, settings, 1, LIKENESS))
    ]
