"""The SQL files of `etl/postgres/sql`, by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "sql"


@cache
def statement(name: str) -> str:
    return (DIRECTORY / f"{name}.sql").read_text(encoding="utf-8")


def subquery(name: str) -> str:
    """A SELECT to be put into another one."""
    return statement(name).rstrip().removesuffix(";")
