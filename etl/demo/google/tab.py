"""One tab of an emulated spreadsheet: its cells by zero-based position, and what lies on them.

Cells hold numbers, texts, truth values and formulas; a date is a number of days since
1899-12-30 that carries a DATE format, as in the Sheets API. Formulas are kept, never calculated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Literal

from gspread.utils import a1_to_rowcol, rowcol_to_a1

from etl.demo.google.content import EMPTY, Cell, Value, cell_of
from etl.demo.google.ranges import Dimension, Json, moved

# The parts of a tab that hold ranges, or places, of the API's JSON.
RANGED = ("charts", "merges", "basic_filter", "protected_ranges", "tables")


@dataclass
class Tab:
    """One sheet, or (OBJECT) a chart's own tab; cells that hold something, by (row, column)."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    frozen_row_count: int = 0
    hidden: bool = False
    sheet_type: Literal["GRID", "OBJECT"] = "GRID"
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    pixel_sizes: dict[tuple[Dimension, int], int] = field(default_factory=dict)
    metadata: dict[int, Json] = field(default_factory=dict)
    charts: dict[int, Json] = field(default_factory=dict)
    merges: list[Json] = field(default_factory=list)
    basic_filter: Json = field(default_factory=dict)
    protected_ranges: list[Json] = field(default_factory=list)
    tables: list[Json] = field(default_factory=list)

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def write(self, row: int, column: int, cell: Cell) -> None:
        if cell.is_untouched:
            self.cells.pop((row, column), None)
        else:
            self.cells[row, column] = cell

    def put(self, corner: str, rows: Sequence[Sequence[Value | date]]) -> None:
        """Fill cells from `corner` (`A1`) on as a person would; the grid grows when needed."""
        top, left = a1_to_rowcol(corner)
        for row, values in enumerate(rows, top - 1):
            for column, value in enumerate(values, left - 1):
                self.write(row, column, cell_of(value))
                self.row_count = max(self.row_count, row + 1)
                self.column_count = max(self.column_count, column + 1)

    def rows(self) -> list[list[object]]:
        """All cells from A1 to the last that has a value, as a rectangle; an empty one is None."""
        height, width = self.used_size()
        return [[self.cell(r, c).plain() for c in range(width)] for r in range(height)]

    def used_size(self) -> tuple[int, int]:
        """Rows and columns up to the last cell that has a value (not merely a format)."""
        used = [position for position, cell in self.cells.items() if cell.value is not None]
        return max((r + 1 for r, _ in used), default=0), max((c + 1 for _, c in used), default=0)

    def renumber(self, dimension: Dimension, new_index: Callable[[int], int]) -> None:
        """Move the content of every row (or column) to its new index, as sorting does."""

        def move(row: int, column: int) -> tuple[int, int]:
            return (new_index(row), column) if dimension == "ROWS" else (row, new_index(column))

        self.cells = {move(*position): cell for position, cell in self.cells.items()}
        self.pixel_sizes = {
            (kind, new_index(index) if kind == dimension else index): size
            for (kind, index), size in self.pixel_sizes.items()
        }

    def insert(self, dimension: Dimension, start: int, count: int) -> None:
        """Insert empty rows (or columns); what lies on the cells moves and grows with them."""
        self.renumber(dimension, lambda index: index + count if index >= start else index)
        self.grow(dimension, count)
        self.make_room(self.sheet_id, dimension, start, count)

    def grow(self, dimension: Dimension, count: int) -> None:
        if dimension == "ROWS":
            self.row_count += count
        else:
            self.column_count += count

    def make_room(self, sheet_id: int, dimension: Dimension, start: int, count: int) -> None:
        """Move the ranges that lie here and show what was inserted in a sheet, perhaps another."""
        for name in RANGED:
            value = moved(getattr(self, name), sheet_id, dimension, start, count)
            setattr(self, name, value)

    def copy(self) -> Tab:
        parts = {name: deepcopy(getattr(self, name)) for name in (*RANGED, "metadata")}
        return replace(self, cells=dict(self.cells), pixel_sizes=dict(self.pixel_sizes), **parts)

    def snapshot(self) -> dict[str, object]:
        """Everything but the order of insertion, as plain JSON values."""
        return {
            "sheet_id": self.sheet_id,
            "title": self.title,
            "hidden": self.hidden,
            "grid": [self.row_count, self.column_count, self.frozen_row_count],
            "cells": {
                rowcol_to_a1(row + 1, column + 1): [
                    cell.extended_value(),
                    cell.number_format and asdict(cell.number_format),
                    dict(cell.style),
                ]
                for (row, column), cell in sorted(self.cells.items())
            },
            "pixel_sizes": {f"{kind} {i}": px for (kind, i), px in self.pixel_sizes.items()},
            "metadata": {str(number): dict(m) for number, m in self.metadata.items()},
            **{name: deepcopy(getattr(self, name)) for name in RANGED},
        }
