"""Rows as the text of `COPY ... FROM STDIN` (PostgreSQL's page of COPY, "Text Format")."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

NULL = r"\N"
ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_ESCAPES = str.maketrans(ESCAPES)


def copy_text(rows: pd.DataFrame, *, with_position: bool) -> str:
    """A line a row: the columns in their order; before them, if asked for, the index."""
    columns = [[str(position) for position in rows.index]] if with_position else []
    columns.extend(_fields(rows[name]) for name in rows.columns)
    lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
    return f"{lines}\n" if lines else ""


def _fields(column: pd.Series[Any]) -> list[str]:
    if pd.api.types.is_datetime64_dtype(column):
        moments: list[str] = np.datetime_as_string(column.to_numpy()).tolist()
        return moments  # in ISO 8601
    values = column.tolist()
    if column.name == "is_correct":
        return [NULL if value is None else str(value) for value in values]
    together = "".join(filter(None, values))
    if any(character in together for character in ESCAPES):  # hardly ever, and it is slow
        values = [text and text.translate(_ESCAPES) for text in values]
    return [NULL if text is None else text for text in values]
