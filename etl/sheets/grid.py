"""A tab as it was read, its columns by their header, and requests that change its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etl.sheets.cells import Request, is_blank

HEADER_ROW = 0


@dataclass(frozen=True)
class Grid:
    """A tab: values unformatted, dates as serial numbers; rows and columns count from 0."""

    title: str
    sheet_id: int
    row_count: int
    column_count: int
    values: Sequence[Sequence[object]]

    @property
    def is_empty(self) -> bool:
        return all(is_blank(value) for row in self.values for value in row)

    def value(self, row: int, column: int) -> object:
        cells = self.values[row] if row < len(self.values) else ()
        return cells[column] if column < len(cells) else None

    def first_free_row(self, columns: Sequence[int]) -> int:
        """Below the header and below everything that stands in these columns."""
        used = [
            row
            for row in range(HEADER_ROW, len(self.values))
            if not all(is_blank(self.value(row, column)) for column in columns)
        ]
        return max(used, default=HEADER_ROW) + 1


def find_columns(grid: Grid, headers: Sequence[Sequence[str]]) -> list[int] | None:
    """The columns of the header in the order of its names, in whichever language it is."""
    present = [_normal(value) for value in (grid.values[HEADER_ROW] if grid.values else ())]
    for header in headers:
        if all(_normal(name) in present for name in header):
            return [present.index(_normal(name)) for name in header]
    return None


def append(grid: Grid, dimension: str, missing: int) -> list[Request]:
    """Bare rows or columns at the end, if any are missing."""
    if missing <= 0:
        return []
    growth = {"sheetId": grid.sheet_id, "dimension": dimension, "length": missing}
    return [{"appendDimension": growth}]


def extend(grid: Grid, missing: int) -> list[Request]:
    """Rows at the end that look like the last one, if any are missing."""
    return [insert_rows(grid, grid.row_count, missing, look_like_before=True)] * (missing > 0)


def insert_rows(grid: Grid, top: int, count: int, *, look_like_before: bool) -> Request:
    """Empty rows with the formats of the row above, or else of the one that is pushed down."""
    span = {"dimension": "ROWS", "startIndex": top, "endIndex": top + count}
    placed = {"sheetId": grid.sheet_id, **span}
    return {"insertDimension": {"range": placed, "inheritFromBefore": look_like_before}}


def _normal(value: object) -> str:
    return " ".join(str(value).split()).casefold()
