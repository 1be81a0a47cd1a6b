"""What our tabs say, in the language of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Labels:
    """Headers are in every language that a tab may have been begun in, the report's first."""

    headers: Sequence[Sequence[str]]
    date_pattern: str
    chart_title: str
    chart_counts: str
    chart_success: str
    tasks_title: str
    tasks_headers: Sequence[Sequence[str]]
