"""Cells as the Sheets API writes and reads them: numbers stay numbers, dates are real dates.

Values are typed (`userEnteredValue`), so no locale parses them and no text becomes a formula. A
date is the number of days since 1899-12-30, with a DATE format. Source:
https://developers.google.com/workspace/sheets/api/guides/formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

Request = dict[str, Any]

EPOCH = date(1899, 12, 30)
SERIAL = re.compile(r"\s*\d{5}\s*")
PLAUSIBLE_SERIALS = range((date(1990, 1, 1) - EPOCH).days, (date(2100, 1, 1) - EPOCH).days)
# After a date only a time of day may follow: "01.12.2025-07.12.2025 in all" is a remark.
TEXT_DATE = re.compile(r"([-\d]+|[.\d]+)(?:[T ]+\d{1,2}:\d{2}(?::[\d.]+)?Z?)?")
TEXT_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")
TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
PERCENT_FORMAT = {"type": "NUMBER", "pattern": "0.00"}


@dataclass(frozen=True)
class Cell:
    """The content that a cell should have; `number_format` (NumberFormat) only if it needs one."""

    value: str | float | None
    number_format: dict[str, str] | None = None

    def shows(self, value: object) -> bool:
        """Returns whether the sheet's `value` equals this cell's; neither `'1'` nor TRUE is 1."""
        if is_blank(self.value):
            return is_blank(value)
        return not isinstance(value, bool) and value == self.value

    def as_request(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if self.value is not None:
            kind = "stringValue" if isinstance(self.value, str) else "numberValue"
            data["userEnteredValue"] = {kind: self.value}
        if self.number_format:
            data["userEnteredFormat"] = {"numberFormat": self.number_format}
        return data


def day_of(value: object) -> date | None:
    """Returns the date that a cell's `value`, a number or a text, means; None if it is no date."""
    if isinstance(value, str) and SERIAL.fullmatch(value):  # in a column of plain text
        value = int(value)
    if isinstance(value, int | float):
        return EPOCH + timedelta(days=int(value)) if int(value) in PLAUSIBLE_SERIALS else None
    if isinstance(value, str) and (found := TEXT_DATE.fullmatch(value.strip())):
        for text_format in TEXT_DATE_FORMATS:
            with suppress(ValueError):
                day = datetime.strptime(found[1], text_format)  # noqa: DTZ007 - a day has no zone
                return day.date()
    return None


def may_be_day(value: object) -> bool:
    """Returns whether `value`, which `day_of` cannot read, may mean a date, such as 26/11/2026.

    Large numbers (20261126, a Unix time) and fractions (26.11) may; other numbers are labels.
    """
    if isinstance(value, int | float):
        return value > 100 * PLAUSIBLE_SERIALS.stop or (value % 1 > 0 and not day_of(value))
    if not isinstance(value, str) or day_of(value):
        return False
    numbers = re.findall(r"\d+", TIME.sub("", value))
    return len(numbers) <= len("ymd") and any(len(one) in {1, 2, 8} for one in numbers)


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def write(
    sheet_id: int,
    top: int,
    columns: Sequence[int],
    rows: Sequence[Sequence[Cell]],
    *,
    clears_below: bool = False,
) -> Iterator[Request]:
    """Yields requests that write `rows` into `columns`, the first into row `top`, counted from 0.

    Columns without new formats keep theirs. `clears_below` also clears the values below `rows`.
    """
    ends = {} if clears_below else {"endRowIndex": top + len(rows)}
    for place, column in enumerate(columns):
        block = {"sheetId": sheet_id, "startRowIndex": top, **ends}
        block |= {"startColumnIndex": column, "endColumnIndex": column + 1}
        cells = [line[place] for line in rows]
        has_format = any(cell.number_format for cell in cells)
        fields = "userEnteredValue" + (",userEnteredFormat.numberFormat" if has_format else "")
        data = [{"values": [cell.as_request()]} for cell in cells]
        yield {"updateCells": {"range": block, "rows": data, "fields": fields}}
