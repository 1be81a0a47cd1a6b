"""The SQL files of `etl/postgres/sql`, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "sql"


@cache
def statement(name: str) -> str:
    """The file's SQL; `{other}` in it stands for the SQL of the file of that name."""
    text = (DIRECTORY / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"\{([a-z_]+)\}", lambda part: _part(part[1]) or part[0], text)


def subquery(name: str) -> str:
    """To be put into another SQL: without the comments at its head and the semicolon at its end."""
    return re.sub(r"\A(--.*\n)+", "", statement(name)).rstrip().removesuffix(";")


def array_literal(values: Iterable[object]) -> str:
    """The values as an array's text (PostgreSQL 8.15.2).

    For thousands of them: a list takes psycopg2 and the server five times as long.
    """
    texts = (str(value).replace("\\", r"\\").replace('"', r"\"") for value in values)
    return "{" + ",".join(f'"{text}"' for text in texts) + "}"


def _part(name: str) -> str:
    return subquery(name) if (DIRECTORY / f"{name}.sql").exists() else ""
