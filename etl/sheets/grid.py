"""A tab as it was read, its columns by their header, and requests that change its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etl.sheets.blocks import Block, Lock
from etl.sheets.cells import Request, is_blank

HEADER_ROW = 0


@dataclass(frozen=True)
class Grid:
    """A tab: values unformatted, dates as serial numbers; rows and columns count from 0.

    `merges` are its merged cells, `locks` what is protected against us, `tables` Google's own kind
    of table, whose columns may have types.
    """

    title: str
    sheet_id: int
    row_count: int
    column_count: int
    values: Sequence[Sequence[object]]
    merges: Sequence[Block] = ()
    locks: Sequence[Lock] = ()
    tables: Sequence[Block] = ()

    @property
    def block(self) -> Block:
        return Block(range(self.row_count), range(self.column_count))

    @property
    def is_empty(self) -> bool:
        return all(is_blank(value) for row in self.values for value in row)

    def value(self, row: int, column: int) -> object:
        cells = self.values[row] if row < len(self.values) else ()
        return cells[column] if column < len(cells) else None

    def first_free_row(self, columns: Sequence[int]) -> int:
        """Below the header and below everything that stands, or is merged, in these columns."""
        used = [
            row
            for row in range(HEADER_ROW, len(self.values))
            if not all(is_blank(self.value(row, column)) for column in columns)
        ]
        merged = [merge.rows.stop - 1 for merge in _touching(self.merges, columns)]
        return max([*used, *merged], default=HEADER_ROW) + 1

    def outside_merges(self, row: int, columns: Sequence[int]) -> int:
        """The row itself, or the first one below the merged cells that it is inside of.

        Of merged cells only the first is seen.
        """
        for merge in sorted(_touching(self.merges, columns), key=lambda merge: merge.rows.start):
            if merge.rows.start < row < merge.rows.stop:
                row = merge.rows.stop
        return row

    def hides_cells(self, row: int, columns: Sequence[int]) -> bool:
        """Whether merged cells cover one of these cells by another one of its row."""
        merges = [merge.columns for merge in self.merges if row in merge.rows]
        return any({*columns} & {*merged[1:]} for merged in merges)

    @property
    def is_header_merged(self) -> bool:
        """Whether the header is a part of merged cells that reach below it."""
        return any(merge.rows.start <= HEADER_ROW < merge.rows.stop - 1 for merge in self.merges)

    def has_merges(self, columns: Sequence[int]) -> bool:
        return any(_touching(self.merges, columns))

    def is_in_table(self, columns: Sequence[int]) -> bool:
        return any(_touching(self.tables, columns))


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


def _touching(blocks: Sequence[Block], columns: Sequence[int]) -> Iterator[Block]:
    return (block for block in blocks if not {*columns}.isdisjoint(block.columns))


def _normal(value: object) -> str:
    return " ".join(str(value).split()).casefold()
