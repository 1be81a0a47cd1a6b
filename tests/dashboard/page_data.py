"""What a page has for its script, read as the script reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from etl.dashboard.packing import DIGITS, MORE

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def page_data(file: Path) -> dict[str, Any]:
    found = DATA.search(file.read_text("utf-8"))
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def unpacked(text: str) -> list[int]:
    counts, count, weight = [], 0, 1
    for value in map(DIGITS.index, text):
        count += value % MORE * weight
        weight *= MORE
        if value < MORE:
            counts.append(count)
            count, weight = 0, 1
    return counts
