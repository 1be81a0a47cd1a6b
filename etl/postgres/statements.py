"""The SQL files of `etl/postgres/sql`, by name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "sql"


@cache
def statement(name: str) -> str:
    """The file's SQL; `{other}` in it stands for the SQL of the file of that name."""
    text = (DIRECTORY / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"\{([a-z_]+)\}", lambda part: _part(part[1]) or part[0], text)


def subquery(name: str) -> str:
    """A SELECT to be put into another one."""
    return statement(name).rstrip().removesuffix(";")


def _part(name: str) -> str:
    """Without the comments at its head, which say what the file is."""
    if not (DIRECTORY / f"{name}.sql").exists():
        return ""
    return re.sub(r"\A(--.*\n)+", "", subquery(name))
