"""Reads the SQL of `etl/postgres/sql`: a file for each module, and one for each table and view.

In a module's file each statement stands under a line such as `-- name: stage` and, if it needs one,
a comment with its reason. psycopg2 binds values (`%(day)s`). Blanks are filled with SQL: `{period}`
by the caller, else by the file's statement of that name, `{summaries.other}` by another file's.
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
    """Returns the SQL statement `name`, such as "loading.stage", with `blanks` filled in by name.

    No semicolon ends it, so others can include it. Raises `KeyError` for a name or blank not known.
    """
    module, own_name = name.split(".")

    def fill(blank: re.Match[str]) -> str:
        if blank[1] in blanks:
            return blanks[blank[1]]
        return statement(blank[1] if "." in blank[1] else f"{module}.{blank[1]}", **blanks)

    return BLANK.sub(fill, statements_of(module)[own_name])


@cache
def statements_of(module: str) -> dict[str, str]:
    """Returns SQL by name: the statements of a module, or what is in the files of a folder."""
    if (DIRECTORY / module).is_dir():
        files = sorted((DIRECTORY / module).glob("*.sql"))
        return {file.stem: _bare(file.read_text(encoding="utf-8")) for file in files}
    _, *parts = NAME.split((DIRECTORY / f"{module}.sql").read_text(encoding="utf-8"))
    return {name: _bare(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}


def _bare(text: str) -> str:
    return COMMENTS_AT_HEAD.sub("", text).strip().removesuffix(";")


def array_literal(values: Iterable[object]) -> str:
    """Returns an SQL array as text (PostgreSQL's manual, 8.15.2): a list is bound more slowly."""
    texts = (str(value).replace("\\", r"\\").replace('"', r"\"") for value in values)
    return "{" + ",".join(f'"{text}"' for text in texts) + "}"
