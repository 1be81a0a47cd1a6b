"""The state of an emulated spreadsheet: its tabs, their cells by zero-based position, and ranges.

Cells hold numbers, texts, truth values and formulas; a date is a number of days since
1899-12-30 that carries a DATE format, as in the Sheets API. Formulas are kept, never calculated.
Ranges and places are the API's JSON (GridRange, GridCoordinate); every error is a ValueError that
says what is wrong.
Sources: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells,
.../spreadsheets/other
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from gspread.utils import a1_to_rowcol

EPOCH = date(1899, 12, 30)
STYLES = ("textFormat", "wrapStrategy", "verticalAlignment")

Json = dict[str, Any]
Dimension = Literal["ROWS", "COLUMNS"]


@dataclass(frozen=True)
class Formula:
    text: str


@dataclass(frozen=True)
class NumberFormat:
    """A number format: `type` is the API's (DATE, NUMBER, ...); an empty pattern is the default."""

    type: str
    pattern: str = ""


Value = str | bool | int | float | Formula | None


@dataclass(frozen=True)
class Cell:
    """A cell; comparison ignores `style`, which is the rest of a CellFormat."""

    value: Value = None
    number_format: NumberFormat | None = None
    style: Mapping[str, object] = field(default_factory=dict, compare=False)

    def plain(self) -> object:
        """Returns the value as a person reads it: a date for a number with a DATE format."""
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if is_number and self.number_format and self.number_format.type == "DATE":
            return EPOCH + timedelta(days=float(self.value))  # type: ignore[arg-type]
        return self.value

    def changed(self, data: Json, fields: str) -> Cell:
        """Returns the cell with the masked fields of a CellData, empty where it has none.

        Masks are lists such as `userEnteredValue,userEnteredFormat.numberFormat`; Google's other
        ways to write one are not emulated.
        """
        cell, given = self, data.get("userEnteredFormat", {})
        for path in fields.split(","):
            name = path.removeprefix("userEnteredFormat.")
            if path == "userEnteredValue":
                cell = replace(cell, value=_value(data.get(path, {})))
            elif name == "numberFormat":
                number_format = NumberFormat(**given[name]) if name in given else None
                cell = replace(cell, number_format=number_format)
            elif name in STYLES:
                style = {**cell.style, name: given.get(name)}
                cell = replace(cell, style={key: one for key, one in style.items() if one})
            else:
                raise ValueError(f"Invalid field: {path}")
        return cell


def _value(extended: Json) -> Value:
    """Returns the number or text of an ExtendedValue, or None; as in JSON, TRUE is no number."""
    number, text = extended.get("numberValue"), extended.get("stringValue")
    if isinstance(number, bool) or not isinstance(text, str | None):
        raise ValueError(f"Invalid value at 'user_entered_value': {extended}")
    return number if number is not None else text or None


@dataclass
class Tab:
    """A tab (OBJECT: a chart's own); `cells` has those that hold something, by (row, column)."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    frozen_row_count: int = 0
    sheet_type: Literal["GRID", "OBJECT", "DATA_SOURCE"] = "GRID"
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    widths_pixels: dict[int, int] = field(default_factory=dict)
    metadata: list[Json] = field(default_factory=list)
    charts: dict[int, Json] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), Cell())

    def write(self, row: int, column: int, cell: Cell) -> None:
        if cell == Cell() and not cell.style:
            self.cells.pop((row, column), None)
        else:
            self.cells[row, column] = cell

    def put(self, corner: str, rows: Sequence[Sequence[Value | date]]) -> None:
        """Fills cells from `corner` (`A1`) on as a person would; the grid grows when needed."""
        top, left = a1_to_rowcol(corner)
        for row, values in enumerate(rows, top - 1):
            for column, value in enumerate(values, left - 1):
                if isinstance(value, date):
                    cell = Cell((value - EPOCH).days, NumberFormat("DATE"))
                else:
                    cell = Cell(None if value == "" else value)
                self.write(row, column, cell)
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
                f"Range of {self.title!r} exceeds grid limits. "
                f"Max rows: {self.row_count}, max columns: {self.column_count}"
            )
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
        if dimension == "ROWS":
            self.cells = {(new_index(row), c): cell for (row, c), cell in self.cells.items()}
        else:
            self.cells = {(r, new_index(column)): cell for (r, column), cell in self.cells.items()}
            self.widths_pixels = {new_index(c): size for c, size in self.widths_pixels.items()}

    def insert(self, dimension: Dimension, start: int, count: int) -> None:
        """Inserts empty rows (or columns)."""
        self.renumber(dimension, lambda index: index + count if index >= start else index)
        self.grow(dimension, count)

    def grow(self, dimension: Dimension, count: int) -> None:
        if dimension == "ROWS":
            self.row_count += count
        else:
            self.column_count += count


class Spreadsheet:
    """A spreadsheet with one empty tab, `Sheet1`."""

    title = "Attempts"
    kind_of_tab = Tab

    def __init__(self) -> None:
        self.tabs: list[Tab] = []
        self.add_tab("Sheet1")

    def admit(self, kind: str, fields: Json) -> None:
        """Raises ValueError for a request that this spreadsheet refuses; here there is none."""

    def tab_of(self, place: Json) -> Tab:
        """Returns the tab that a place names, by default the one with id 0. Raises ValueError."""
        for tab in self.tabs:
            if tab.sheet_id == place.get("sheetId", 0):
                return tab
        raise ValueError(f"No grid with id: {place.get('sheetId', 0)}")

    def tab_of_chart(self, chart_id: int) -> Tab:
        for tab in self.tabs:
            if chart_id in tab.charts:
                return tab
        raise ValueError(f"No chart with id: {chart_id}")

    def add_tab(self, title: str) -> Tab:
        """Adds an empty tab behind all others and returns it."""
        number = max((tab.sheet_id for tab in self.tabs), default=-1) + 1
        self.tabs.append(self.kind_of_tab(number, title))
        return self.tabs[-1]

    def insert(self, tab: Tab, dimension: Dimension, start: int, count: int) -> None:
        """Inserts empty rows (or columns) into a tab; charts stay where they are."""
        tab.insert(dimension, start, count)
