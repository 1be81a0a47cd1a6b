"""What a page has for its script, read as the script reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from etl.dashboard.data import DIGITS, MORE

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def page_data(file: Path) -> dict[str, Any]:
    found = DATA.search(file.read_text("utf-8"))
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def tasks_of(data: dict[str, Any], span: int | str) -> list[tuple[Any, ...]]:
    """As the view has them: course, task, attempts, students, first try, success, median."""
    rows = batched(unpacked(data["taskSpans"][str(span)]))
    found = []
    for number, students, first_try, success, median, attempts, _ in rows:
        course, task = data["tasks"][number]
        parts = ((first_try, 100), (success, 100), (median, 2))
        shares = [(value - 1) / of if value else None for value, of in parts]
        found.append((data["courseNames"][course], task, attempts, students, *shares))
    return found


def batched(counts: list[int]) -> list[list[int]]:
    return [counts[n : n + 7] for n in range(0, len(counts), 7)]


def unpacked(text: str) -> list[int]:
    counts, count, weight = [], 0, 1
    for value in map(DIGITS.index, text):
        count += value % MORE * weight
        weight *= MORE
        if value < MORE:
            counts.append(count)
            count, weight = 0, 1
    return counts
