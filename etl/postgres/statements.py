"""The SQL of `etl/postgres/sql`: a file for each module, and one for each table and view.

A module's file has its statements one behind another, each under a line `-- name: stage_incoming`
and, where it needs one, its reason as a comment. Values are bound by psycopg2, as `%(day)s`;
`{other}` stands for SQL: what the caller fills in, or a statement of the same file, or, as
`{summaries.other}`, one of another file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "sql"
NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
BLANK = re.compile(r"\{([a-z_.]+)\}")
COMMENTS_AT_HEAD = re.compile(r"\A(--.*\n)+")


@cache
def statement(name: str, **blanks: str) -> str:
    """The SQL of that name, as in "loading.stage_incoming", with its blanks filled in.

    It can be put into another one: it ends without a semicolon. Raises `KeyError` for a name or
    a blank that nothing is known of.
    """
    module, _, own_name = name.rpartition(".")
    statements = statements_of(module)

    def fill(blank: re.Match[str]) -> str:
        name = blank[1]
        if name in blanks:
            return blanks[name]
        return statement(name if "." in name else f"{module}.{name}", **blanks)

    return BLANK.sub(fill, statements[own_name])


@cache
def statements_of(module: str) -> dict[str, str]:
    """By name, the statements of a module as they are written, or the files of a folder."""
    if (DIRECTORY / module).is_dir():
        files = sorted((DIRECTORY / module).glob("*.sql"))
        return {file.stem: _bare(file.read_text(encoding="utf-8")) for file in files}
    _, *parts = NAME.split((DIRECTORY / f"{module}.sql").read_text(encoding="utf-8"))
    return {name: _bare(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}


def _bare(text: str) -> str:
    return COMMENTS_AT_HEAD.sub("", text).strip().removesuffix(";")


def array_literal(values: Iterable[object]) -> str:
    """The values as an array's text (PostgreSQL 8.15.2).

    For thousands of them: a list takes psycopg2 and the server five times as long.
    """
    texts = (str(value).replace("\\", r"\\").replace('"', r"\"") for value in values)
    return "{" + ",".join(f'"{text}"' for text in texts) + "}"
