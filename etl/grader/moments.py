"""`created_at`: texts as moments, naive UTC with the microseconds that PostgreSQL keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import numpy.typing as npt
import pandas as pd

# The API's form is `str(datetime)`, whose fraction is absent when it is zero. One text a line.
PLAIN = re.compile(r"(?:20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?\n)*", re.ASCII)
CREATED_AT = re.compile(
    r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)


def parse_moments(texts: Sequence[str | None]) -> npt.NDArray[np.datetime64]:
    """Plain ones all at once. NaT for what is no moment of this century."""
    with suppress(TypeError, ValueError):  # a missing text; a 30th of February
        lines = "\n".join([*texts, ""])  # type: ignore[list-item]
        if lines.count("\n") == len(texts) and PLAIN.fullmatch(lines):
            return np.array(texts, "datetime64[us]")
    return _parse_carefully(texts)


def _parse_carefully(texts: Sequence[str | None]) -> npt.NDArray[np.datetime64]:
    """The rest of the ISO 8601 family is converted, and digits beyond the sixth are cut."""
    iso = [text if text and CREATED_AT.fullmatch(text) else None for text in texts]
    column = pd.Series(iso, dtype="object")
    moments = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
    return moments.dt.tz_localize(None).dt.floor("us").dt.as_unit("us").to_numpy()
