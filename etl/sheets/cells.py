"""Cells as the Sheets API writes and reads them: numbers stay numbers, dates are real dates.

Values are typed (`userEnteredValue`), so no locale parses them and no text becomes a formula.
Serial dates: https://developers.google.com/workspace/sheets/api/guides/formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

Request = dict[str, Any]

EPOCH = date(1899, 12, 30)
PLAUSIBLE_SERIALS = range((date(1990, 1, 1) - EPOCH).days, (date(2100, 1, 1) - EPOCH).days)
# A time of day may follow; more than that is a remark, as in "01.12.2025-07.12.2025 in all".
TEXT_DATE = re.compile(r"([-\d]+|[.\d]+)(?:[T ]+\d{1,2}:\d{2}(?::[\d.]+)?Z?)?")
TEXT_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")
PERCENT_FORMAT = {"type": "NUMBER", "pattern": "0.00"}


@dataclass(frozen=True)
class Cell:
    """What a cell should hold (None: nothing), and its format where it should be given one."""

    value: str | float | None
    number_format: dict[str, str] | None = None

    def shows(self, value: object) -> bool:
        """Whether a cell that was read already holds this; neither `'1'` nor TRUE is 1."""
        if is_blank(self.value):
            return is_blank(value)
        return not isinstance(value, bool) and value == self.value

    def without_format(self) -> Cell:
        return replace(self, number_format=None)

    def as_request(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if self.value is not None:
            kind = "stringValue" if isinstance(self.value, str) else "numberValue"
            data["userEnteredValue"] = {kind: self.value}
        if self.number_format:
            data["userEnteredFormat"] = {"numberFormat": self.number_format}
        return data


def day_of(value: object) -> date | None:
    """The date that a cell shows: a serial number, or text that people typed or pasted."""
    if isinstance(value, int | float):
        return EPOCH + timedelta(days=int(value)) if int(value) in PLAUSIBLE_SERIALS else None
    if isinstance(value, str) and (found := TEXT_DATE.fullmatch(value.strip())):
        days = (_parse(found[1], text_format) for text_format in TEXT_DATE_FORMATS)
        return next(filter(None, days), None)
    return None


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def write(
    sheet_id: int, row: int, columns: Sequence[int], rows: Sequence[Sequence[Cell]]
) -> Iterator[Request]:
    """Requests that write `rows` from `row` down; columns of other people in between stay alone."""
    for places in _neighbours(columns):
        cells = [[line[place] for place in places] for line in rows]
        for has_format, block in _by_format(cells, columns[places[0]]):
            start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": block[0]}
            fields = "userEnteredValue" + (",userEnteredFormat.numberFormat" if has_format else "")
            data = [{"values": [cell.as_request() for cell in line]} for line in block[1]]
            yield {"updateCells": {"start": start, "rows": data, "fields": fields}}


def overwrite(
    sheet_id: int, columns: Sequence[int], rows: Sequence[Sequence[Cell]], top: int = 0
) -> Iterator[Request]:
    """Requests that leave nothing but `rows`, from row `top` down, in these columns."""
    for places in _neighbours(columns):
        start, end = columns[places[0]], columns[places[-1]] + 1
        block = {"sheetId": sheet_id, "startRowIndex": top}
        block |= {"startColumnIndex": start, "endColumnIndex": end}
        yield _overwrite(block, [[line[place] for place in places] for line in rows])


def overwrite_tab(sheet_id: int, rows: Sequence[Sequence[Cell]]) -> Request:
    """A request that leaves nothing but `rows` in the tab."""
    return _overwrite({"sheetId": sheet_id}, rows)


def _overwrite(block: dict[str, int], rows: Sequence[Sequence[Cell]]) -> Request:
    """What a range has no data for is cleared."""
    data = [{"values": [cell.as_request() for cell in line]} for line in rows]
    return {"updateCells": {"range": block, "rows": data, "fields": "userEnteredValue"}}


def _neighbours(columns: Sequence[int]) -> list[list[int]]:
    """Positions in `columns` grouped into runs of adjacent ascending columns."""
    runs = groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0])
    return [[position for position, _ in run] for _, run in runs]


def _by_format(
    cells: Sequence[Sequence[Cell]], first_column: int
) -> Iterator[tuple[bool, tuple[int, list[list[Cell]]]]]:
    """A mask without the format leaves the format alone that people gave to a plain number."""
    has_format = [cell.number_format is not None for cell in cells[0]]
    for key, run in groupby(range(len(has_format)), key=has_format.__getitem__):
        places = list(run)
        block = [[line[place] for place in places] for line in cells]
        yield key, (first_column + places[0], block)


def _parse(text: str, text_format: str) -> date | None:
    try:
        return datetime.strptime(text, text_format).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
