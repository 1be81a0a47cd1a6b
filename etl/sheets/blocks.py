"""Blocks of cells that Google treats in a way of their own: merged, protected, or in a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etl.sheets.answers import GridRange, Tab


@dataclass(frozen=True)
class Block:
    """Rows and columns, from 0."""

    rows: range
    columns: range


@dataclass(frozen=True)
class Lock:
    """A block that our account may not write to, except where it is `open`."""

    block: Block
    open: Sequence[Block]

    def holds(self, rows: range, column: int) -> bool:
        """Whether any of these cells may not be written."""
        closed = _common(rows, self.block.rows)
        if column not in self.block.columns or not closed:
            return False
        return not _covered(closed, (one.rows for one in self.open if column in one.columns))


def merges(tab: Tab) -> list[Block]:
    return [_block(tab, merge) for merge in tab.merges]


def tables(tab: Tab) -> list[Block]:
    return [_block(tab, table.range) for table in tab.tables]


def locks(tab: Tab, account: str) -> list[Lock]:
    """What is protected against `account`, as far as its place is known."""
    return [
        Lock(_block(tab, one.place), [_block(tab, part) for part in one.unprotected_ranges])
        for one in tab.protected_ranges
        if one.place is not None and one.keeps_out(account)
    ]


def _block(tab: Tab, place: GridRange) -> Block:
    """An end that is not given is the grid's."""
    size = tab.properties.grid_properties
    rows, columns = place.end_row_index, place.end_column_index
    return Block(
        range(place.start_row_index, size.row_count if rows is None else rows),
        range(place.start_column_index, size.column_count if columns is None else columns),
    )


def _common(one: range, other: range) -> range:
    return range(max(one.start, other.start), min(one.stop, other.stop))


def _covered(rows: range, parts: Iterable[range]) -> bool:
    reached = rows.start
    for part in sorted(parts, key=lambda part: part.start):
        if part.start <= reached:
            reached = max(reached, part.stop)
    return reached >= rows.stop
