"""docs/analysis.md and docs/scale.md, cut into the parts that tests hold against the database."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def section(title: str, page: str = "analysis.md") -> str:
    """What stands between that heading and the next one, of whatever level."""
    text = (DOCS / page).read_text("utf-8")
    parts = re.split(r"^##+ (.+)\n\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[title]


def columns_in(text: str) -> dict[str, str]:
    """The rows of a table of columns, as plain text."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    return {column: meaning.replace("`", "") for column, meaning in rows}


def sql_in(text: str) -> list[str]:
    """The blocks of SQL."""
    return re.findall(r"^```sql\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
