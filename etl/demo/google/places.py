"""Where the requests of the emulated Sheets API apply: tabs, blocks of cells, rows and columns.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other
(GridRange, GridCoordinate) and .../spreadsheets/request (DimensionRange). Every error is a
ValueError that says what is wrong.
"""

from __future__ import annotations

from etl.demo.google.ranges import Dimension, Json, a1_of
from etl.demo.google.spreadsheet import Spreadsheet, Tab


def tab_of(book: Spreadsheet, place: Json, kind: str = "grid") -> Tab:
    """The tab that a GridRange, GridCoordinate or DimensionRange names; 0 when it names none.

    Google calls it a grid where its cells are asked for, and else a sheet.
    """
    for tab in book.tabs:
        if tab.sheet_id == place.get("sheetId", 0):
            return tab
    raise ValueError(f"No {kind} with id: {place.get('sheetId', 0)}")


def whole_block(tab: Tab, grid_range: Json) -> tuple[range, range]:
    """Rows and columns of a GridRange; where it has no end, or a later one, the grid's end counts.

    Google refuses a range only when it starts outside of the grid.
    """
    rows, columns = (
        range(
            grid_range.get(f"start{kind}Index", 0),
            min(grid_range.get(f"end{kind}Index", size), size),
        )
        for kind, size in (("Row", tab.row_count), ("Column", tab.column_count))
    )
    if not (0 <= rows.start < tab.row_count and 0 <= columns.start < tab.column_count):
        raise ValueError(
            f"Range ({a1_of(tab.title, grid_range)}) exceeds grid limits. "
            f"Max rows: {tab.row_count}, max columns: {tab.column_count}"
        )
    return rows, columns


def block_from(tab: Tab, place: Json) -> tuple[range, range]:
    """Rows and columns from a GridCoordinate to the end of the grid."""
    sides = {"row": tab.row_count, "column": tab.column_count}
    for kind, size in sides.items():
        if not 0 <= (index := place.get(f"{kind}Index", 0)) < size:
            raise ValueError(
                f"GridCoordinate.{kind}Index[{index}] is after last {kind} in grid[{tab.sheet_id}]"
            )
    rows, columns = (range(place.get(f"{kind}Index", 0), size) for kind, size in sides.items())
    return rows, columns


def pinned(tab: Tab, grid_range: Json) -> Json:
    """A range without open ends: Google keeps the grid's size at that moment in their place."""
    rows, columns = whole_block(tab, grid_range)
    return {
        "sheetId": tab.sheet_id,
        "startRowIndex": rows.start,
        "endRowIndex": rows.stop,
        "startColumnIndex": columns.start,
        "endColumnIndex": columns.stop,
    }


def span(tab: Tab, dimension_range: Json) -> tuple[Dimension, int, int]:
    """Dimension, start and end of a DimensionRange; the end may lie outside the grid."""
    dimension = dimension_range["dimension"]
    if dimension not in ("ROWS", "COLUMNS"):
        raise ValueError(f"Invalid dimension: {dimension}")
    size = tab.row_count if dimension == "ROWS" else tab.column_count
    start, end = dimension_range.get("startIndex", 0), dimension_range.get("endIndex", size)
    if not 0 <= start < end or start > size:
        raise ValueError(f"Invalid range: [{start}, {end}) of {size} {dimension.lower()}")
    return dimension, start, end
