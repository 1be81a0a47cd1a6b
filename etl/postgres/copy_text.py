"""Rows as the text of `COPY ... FROM STDIN` (PostgreSQL's page of COPY, "Text Format")."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pandas as pd

NULL = r"\N"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_text(rows: pd.DataFrame) -> StringIO:
    """A line a row: the index (the record's position) and then the columns in their order."""
    columns = [[str(position) for position in rows.index]]
    columns.extend(_fields(rows[name]) for name in rows.columns)
    lines = map("\t".join, zip(*columns, strict=True))
    return StringIO("".join(f"{line}\n" for line in lines))


def _fields(column: pd.Series[Any]) -> list[str]:
    if pd.api.types.is_datetime64_dtype(column):
        return list(column.dt.strftime("%Y-%m-%d %H:%M:%S.%f"))
    return [NULL if value is None else str(value).translate(ESCAPES) for value in column]
