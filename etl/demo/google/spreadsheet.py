"""The state of an emulated spreadsheet: its tabs, their cells by zero-based position, and ranges.

Cells hold numbers, texts, truth values and formulas; a date is a number of days since
1899-12-30 that carries a DATE format, as in the Sheets API. Formulas are kept, never calculated.
Ranges and places are the API's JSON (GridRange, GridCoordinate, DimensionRange); every error is a
ValueError that says what is wrong.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

from gspread.utils import (
    a1_range_to_grid_range,
    a1_to_rowcol,
    absolute_range_name,
    rowcol_to_a1,
)

from etl.demo.google.cells import EPOCH, Cell, Formula, Json, NumberFormat, Value, cell_of

# Callers import from here what they fill a spreadsheet with, too.
__all__ = ["EPOCH", "Cell", "Formula", "NumberFormat", "Spreadsheet", "Tab", "Value"]

Dimension = Literal["ROWS", "COLUMNS"]

# The attributes of a tab that hold ranges, or places, of the API's JSON.
RANGED = ("charts", "merges", "protected_ranges")


@dataclass
class Tab:
    """A tab (OBJECT: a chart's own); `cells` has those that hold something, by (row, column)."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    frozen_row_count: int = 0
    hidden: bool = False
    sheet_type: Literal["GRID", "OBJECT", "DATA_SOURCE"] = "GRID"
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    pixel_sizes: dict[tuple[Dimension, int], int] = field(default_factory=dict)
    metadata: dict[int, Json] = field(default_factory=dict)
    charts: dict[int, Json] = field(default_factory=dict)
    merges: list[Json] = field(default_factory=list)
    protected_ranges: list[Json] = field(default_factory=list)

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), Cell())

    def write(self, row: int, column: int, cell: Cell) -> None:
        if cell.is_untouched:
            self.cells.pop((row, column), None)
        else:
            self.cells[row, column] = cell

    def put(self, corner: str, rows: Sequence[Sequence[Value | date]]) -> None:
        """Fills cells from `corner` (`A1`) on as a person would; the grid grows when needed."""
        top, left = a1_to_rowcol(corner)
        for row, values in enumerate(rows, top - 1):
            for column, value in enumerate(values, left - 1):
                self.write(row, column, cell_of(value))
                self.row_count = max(self.row_count, row + 1)
                self.column_count = max(self.column_count, column + 1)

    def rows(self) -> list[list[object]]:
        """Returns the cells from A1 to the last value, as a rectangle; empty ones are None."""
        height, width = self.used_size()
        return [[self.cell(r, c).plain() for c in range(width)] for r in range(height)]

    def used_size(self) -> tuple[int, int]:
        """Returns how many rows and columns reach to the last value; formats do not count."""
        used = [position for position, cell in self.cells.items() if cell.value is not None]
        return max((r + 1 for r, _ in used), default=0), max((c + 1 for _, c in used), default=0)

    def protect(
        self,
        block: str | None = None,
        *,
        editors: Sequence[str] = (),
        warning_only: bool = False,
        except_for: Sequence[str] = (),
    ) -> None:
        """Protects `A1:B2`, or the whole tab `except_for` some blocks, from all but `editors`."""
        protected: Json = {
            "protectedRangeId": len(self.protected_ranges) + 1,
            "range": self.select(block) if block else {"sheetId": self.sheet_id},
            "editors": {"users": [*editors]},
        }
        if warning_only:
            protected["warningOnly"] = True
        if except_for:
            protected["unprotectedRanges"] = [self.select(one) for one in except_for]
        self.protected_ranges.append(protected)

    def select(self, block: str) -> Json:
        """Returns the GridRange of `A1:B2` or `A:A`, without open ends."""
        return self.pinned(a1_range_to_grid_range(block))

    def block(self, grid_range: Json) -> tuple[range, range]:
        """Returns the rows and columns of a GridRange, cut off where the grid ends.

        Raises ValueError for a range that starts outside of the grid: Google refuses no other.
        """
        rows, columns = (
            range(
                grid_range.get(f"start{kind}Index", 0),
                min(grid_range.get(f"end{kind}Index", size), size),
            )
            for kind, size in (("Row", self.row_count), ("Column", self.column_count))
        )
        if not (0 <= rows.start < self.row_count and 0 <= columns.start < self.column_count):
            raise ValueError(
                f"Range ({_a1_of(self.title, grid_range)}) exceeds grid limits. "
                f"Max rows: {self.row_count}, max columns: {self.column_count}"
            )
        return rows, columns

    def block_from(self, place: Json) -> tuple[range, range]:
        """Returns the rows and columns from a GridCoordinate to the end of the grid."""
        sides = {"row": self.row_count, "column": self.column_count}
        for kind, size in sides.items():
            if not 0 <= (index := place.get(f"{kind}Index", 0)) < size:
                raise ValueError(
                    f"GridCoordinate.{kind}Index[{index}] is after last {kind} "
                    f"in grid[{self.sheet_id}]"
                )
        rows, columns = (range(place.get(f"{kind}Index", 0), size) for kind, size in sides.items())
        return rows, columns

    def pinned(self, grid_range: Json) -> Json:
        """Returns a range with its open ends closed at the grid's present size, as Google does."""
        rows, columns = self.block(grid_range)
        return {
            "sheetId": self.sheet_id,
            "startRowIndex": rows.start,
            "endRowIndex": rows.stop,
            "startColumnIndex": columns.start,
            "endColumnIndex": columns.stop,
        }

    def renumber(self, dimension: Dimension, new_index: Callable[[int], int]) -> None:
        """Moves the content of every row (or column) to its new index, as sorting does."""

        def move(row: int, column: int) -> tuple[int, int]:
            return (new_index(row), column) if dimension == "ROWS" else (row, new_index(column))

        self.cells = {move(*position): cell for position, cell in self.cells.items()}
        self.pixel_sizes = {
            (kind, new_index(index) if kind == dimension else index): size
            for (kind, index), size in self.pixel_sizes.items()
        }

    def insert(self, dimension: Dimension, start: int, count: int) -> None:
        """Inserts empty rows (or columns); ranges on the cells move and grow with them."""
        self.renumber(dimension, lambda index: index + count if index >= start else index)
        self.grow(dimension, count)
        self.make_room(self.sheet_id, dimension, start, count)

    def grow(self, dimension: Dimension, count: int) -> None:
        if dimension == "ROWS":
            self.row_count += count
        else:
            self.column_count += count

    def make_room(self, sheet_id: int, dimension: Dimension, start: int, count: int) -> None:
        """Moves this tab's ranges in a sheet, perhaps another, into which rows were inserted."""
        for name in RANGED:
            value = _moved(getattr(self, name), sheet_id, dimension, start, count)
            setattr(self, name, value)

    def copy(self) -> Tab:
        parts = {name: deepcopy(getattr(self, name)) for name in (*RANGED, "metadata")}
        return replace(self, cells=dict(self.cells), pixel_sizes=dict(self.pixel_sizes), **parts)

    def snapshot(self) -> dict[str, object]:
        """Returns everything but the order of insertion: equal tabs have equal snapshots."""
        cells = {
            rowcol_to_a1(row + 1, column + 1): [type(cell.value).__name__, asdict(cell)]
            for (row, column), cell in sorted(self.cells.items())
        }
        return {**deepcopy(vars(self)), "cells": cells}


class Spreadsheet:
    """A spreadsheet with one empty tab, `Sheet1` unless `titles` name others.

    `account` sends the requests: it may edit a protected range only as one of its editors.
    """

    def __init__(self, title: str = "Attempts", *, titles: Iterable[str] = ("Sheet1",)) -> None:
        self.title = title
        self.account = ""
        self.tabs: list[Tab] = []
        for tab_title in titles:
            self.add_tab(tab_title)

    def tab_of(self, place: Json, kind: str = "grid") -> Tab:
        """Returns the tab that a place names, by default the one with id 0. Raises ValueError.

        `kind` is for the message: Google says grid where cells are asked for, and else sheet.
        """
        for tab in self.tabs:
            if tab.sheet_id == place.get("sheetId", 0):
                return tab
        raise ValueError(f"No {kind} with id: {place.get('sheetId', 0)}")

    def add_tab(self, title: str, index: int | None = None) -> Tab:
        """Adds an empty tab in front of position `index`, by default the last, and returns it."""
        tab = Tab(max((tab.sheet_id for tab in self.tabs), default=-1) + 1, title)
        self.tabs.insert(len(self.tabs) if index is None else index, tab)
        return tab

    def insert(self, tab: Tab, dimension: Dimension, start: int, count: int) -> None:
        """Inserts empty rows (or columns) into a tab; charts in other tabs follow too."""
        tab.insert(dimension, start, count)
        for other in self.tabs:
            if other is not tab:
                other.make_room(tab.sheet_id, dimension, start, count)

    def copy(self) -> Spreadsheet:
        twin = Spreadsheet(self.title, titles=())
        twin.account = self.account
        twin.tabs = [tab.copy() for tab in self.tabs]
        return twin

    def adopt(self, changed: Spreadsheet) -> None:
        """Takes over the state of `changed`; `Tab` objects that a caller holds stay valid."""
        held = {tab.sheet_id: tab for tab in self.tabs}
        for tab in changed.tabs:
            vars(held.setdefault(tab.sheet_id, tab)).update(vars(tab))
        self.tabs = [held[tab.sheet_id] for tab in changed.tabs]

    def snapshot(self) -> dict[str, object]:
        """Returns the whole state: equal spreadsheets have equal snapshots."""
        return {"title": self.title, "tabs": [tab.snapshot() for tab in self.tabs]}


def _a1_of(title: str, grid_range: Json) -> str:
    """Returns a range as Google names it, such as `'D3'!A1:B`; Google quotes fewer titles."""
    top, left = grid_range.get("startRowIndex", 0), grid_range.get("startColumnIndex", 0)
    bottom, right = grid_range.get("endRowIndex", ""), grid_range.get("endColumnIndex")
    last = f"{rowcol_to_a1(1, right)[:-1] if right else ''}{bottom}"
    return absolute_range_name(title, f"{rowcol_to_a1(top + 1, left + 1)}:{last}")


def _moved(value: Any, sheet_id: int, dimension: Dimension, start: int, count: int) -> Any:
    """Returns JSON whose ranges and places in a sheet make room for inserted rows or columns.

    A range grows by rows inserted inside of it, not by rows added at its end.
    """
    if isinstance(value, list):
        return [_moved(one, sheet_id, dimension, start, count) for one in value]
    if not isinstance(value, dict):
        return value
    result = {name: _moved(one, sheet_id, dimension, start, count) for name, one in value.items()}
    if value.get("sheetId") == sheet_id:
        kind = "Row" if dimension == "ROWS" else "Column"
        for name, first in (
            (f"start{kind}Index", start),
            (f"end{kind}Index", start + 1),
            (f"{kind.lower()}Index", start),
        ):
            if value.get(name, -1) >= first:
                result[name] += count
    return result
