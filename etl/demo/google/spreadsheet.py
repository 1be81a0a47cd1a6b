"""The state of an emulated spreadsheet: tabs, cells by zero-based position, and charts.

Cells hold numbers, texts, truth values and formulas; a date is a serial number of days since
1899-12-30 that carries a DATE format, as in the Sheets API. Formulas are kept, never calculated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

from etl.demo.google.a1 import cell_name, parse_cells
from etl.demo.google.content import EMPTY, EPOCH, Cell, Formula, NumberFormat, Value, cell_of

Dimension = Literal["ROWS", "COLUMNS"]

# Users of a spreadsheet need the classes of its cells too.
__all__ = ["EPOCH", "Cell", "Formula", "NumberFormat", "Spreadsheet", "Tab", "Value"]


@dataclass
class Tab:
    """One sheet, or (OBJECT) a chart's own tab; cells that hold something, by (row, column)."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    frozen_row_count: int = 0
    sheet_type: Literal["GRID", "OBJECT"] = "GRID"
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    pixel_sizes: dict[tuple[Dimension, int], int] = field(default_factory=dict)
    charts: dict[int, dict[str, Any]] = field(default_factory=dict)
    metadata: dict[int, dict[str, Any]] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def write(self, row: int, column: int, cell: Cell) -> None:
        if cell.is_untouched:
            self.cells.pop((row, column), None)
        else:
            self.cells[row, column] = cell

    def put(self, corner: str, rows: Sequence[Sequence[Value | date]]) -> None:
        """Fill cells from `corner` (`A1`) on as a person would; the grid grows when needed."""
        start = parse_cells(corner)
        for row, values in enumerate(rows, start.top):
            for column, value in enumerate(values, start.left):
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

    def renumber(self, dimension: Dimension, new_index: Callable[[int], int | None]) -> None:
        """Move every row (or column) to its new index; None drops it."""

        def move(row: int, column: int) -> tuple[int | None, int | None]:
            return (new_index(row), column) if dimension == "ROWS" else (row, new_index(column))

        moved = ((move(*position), cell) for position, cell in self.cells.items())
        self.cells = {(r, c): cell for (r, c), cell in moved if r is not None and c is not None}
        sizes = (
            ((kind, new_index(index) if kind == dimension else index), size)
            for (kind, index), size in self.pixel_sizes.items()
        )
        self.pixel_sizes = {(kind, i): size for (kind, i), size in sizes if i is not None}
        if dimension == "COLUMNS":
            for chart in self.charts.values():
                chart["spec"] = _follow(chart["spec"], self.sheet_id, new_index)

    def copy(self) -> Tab:
        return replace(
            self,
            cells=dict(self.cells),
            pixel_sizes=dict(self.pixel_sizes),
            charts=deepcopy(self.charts),
            metadata=deepcopy(self.metadata),
        )

    def snapshot(self) -> dict[str, object]:
        """Everything but the order of insertion, as plain JSON values."""
        return {
            "sheet_id": self.sheet_id,
            "title": self.title,
            "grid": [self.row_count, self.column_count, self.frozen_row_count],
            "cells": {
                cell_name(*position): [
                    cell.extended_value(),
                    cell.number_format and asdict(cell.number_format),
                    dict(cell.style),
                ]
                for position, cell in sorted(self.cells.items())
            },
            "pixel_sizes": {f"{kind} {i}": px for (kind, i), px in self.pixel_sizes.items()},
            "charts": {str(chart_id): deepcopy(c) for chart_id, c in self.charts.items()},
            "metadata": {str(number): dict(m) for number, m in self.metadata.items()},
        }


class Spreadsheet:
    """A spreadsheet with one empty tab, `Sheet1` unless `titles` name others."""

    def __init__(
        self,
        title: str = "Attempts",
        *,
        titles: Iterable[str] = ("Sheet1",),
    ) -> None:
        self.title = title
        self.tabs: list[Tab] = []
        for tab_title in titles:
            self.add_tab(tab_title)

    def tab(self, title: str) -> Tab:
        """The tab of that title (case does not matter, as at Google); KeyError if there is none."""
        for tab in self.tabs:
            if tab.title.casefold() == title.casefold():
                return tab
        raise KeyError(title)

    def add_tab(self, title: str, index: int | None = None) -> Tab:
        """Add an empty tab in front of position `index`, by default as the last."""
        tab = Tab(max((tab.sheet_id for tab in self.tabs), default=-1) + 1, title)
        self.tabs.insert(len(self.tabs) if index is None else index, tab)
        return tab

    def copy(self) -> Spreadsheet:
        twin = Spreadsheet(self.title, titles=())
        twin.tabs = [tab.copy() for tab in self.tabs]
        return twin

    def adopt(self, changed: Spreadsheet) -> None:
        """Take over another state; `Tab` objects that a caller holds stay valid."""
        held = {tab.sheet_id: tab for tab in self.tabs}
        for tab in changed.tabs:
            vars(held.setdefault(tab.sheet_id, tab)).update(vars(tab))
        self.title = changed.title
        self.tabs = [held[tab.sheet_id] for tab in changed.tabs]

    def snapshot(self) -> dict[str, object]:
        """The whole state as plain JSON values: equal snapshots, equal spreadsheets."""
        tabs = [tab.snapshot() for tab in self.tabs]
        return {"title": self.title, "tabs": tabs}


def _follow(spec: Any, sheet_id: int, new_index: Callable[[int], int | None]) -> Any:
    """A chart's description whose ranges have moved with the columns that they show."""
    if isinstance(spec, list):
        return [_follow(one, sheet_id, new_index) for one in spec]
    if not isinstance(spec, dict):
        return spec
    if spec.get("sheetId") == sheet_id and "startColumnIndex" in spec:
        column = new_index(spec["startColumnIndex"])
        moved = {} if column is None else {"startColumnIndex": column, "endColumnIndex": column + 1}
        return {**spec, **moved}
    return {name: _follow(one, sheet_id, new_index) for name, one in spec.items()}
