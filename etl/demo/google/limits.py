"""What Google refuses of a right request: protected cells, typed columns, a full workbook.

The sentences are Google's own; only that of too many columns is ours.
Sources: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets
(ProtectedRange), .../spreadsheets/tables, https://support.google.com/drive/answer/37603
"""

from __future__ import annotations

from etl.demo.google.ranges import Dimension, Json, answered, overlaps
from etl.demo.google.spreadsheet import Spreadsheet
from etl.demo.google.tab import Tab

MAX_CELLS, MAX_COLUMNS = 10_000_000, 18_278
FULL = "This action would increase the number of cells in the workbook above the limit of {} cells."
WIDE = "This action would increase the number of columns above the limit of {} columns."
PROTECTED = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)
TYPED = "This operation is not allowed on cells in typed columns."


def require_editable(book: Spreadsheet, tab: Tab, rows: range, columns: range) -> None:
    """Refuse to edit protected cells."""
    for one in _protected_from(book, tab):
        holes = one.get("unprotectedRanges", [])
        in_a_hole = any(_contains(hole, rows, columns) for hole in holes)
        if overlaps(one["range"], rows, columns) and not in_a_hole:
            raise ValueError(PROTECTED)


def require_insertable(book: Spreadsheet, tab: Tab, dimension: Dimension, start: int) -> None:
    """Refuse to insert rows (or columns) inside of protected ones."""
    kind = "Row" if dimension == "ROWS" else "Column"
    for one in _protected_from(book, tab):
        first, end = (one["range"].get(f"{side}{kind}Index") for side in ("start", "end"))
        if first is None or first < start < end:
            raise ValueError(PROTECTED)


def require_editable_tab(book: Spreadsheet, tab: Tab) -> None:
    """Refuse to change a tab, rather than its cells, that is protected as a whole."""
    if any("startRowIndex" not in one["range"] for one in _protected_from(book, tab)):
        raise ValueError(PROTECTED)


def protected_range(book: Spreadsheet, protected: Json) -> Json:
    """A ProtectedRange as it is answered: only who may edit it sees by whom else it may be."""
    shown = {name: value for name, value in protected.items() if name != "editors"}
    if _may_edit(book, protected):
        shown |= {"requestingUserCanEdit": True, "editors": protected["editors"]}
    answer: Json = answered(shown)
    return answer


def require_untyped(tab: Tab, rows: range, columns: range) -> None:
    """Refuse a number format where a table's column has its own."""
    typed = [column["range"] for table in tab.tables for column in table["columns"]]
    if any(overlaps(one, rows, columns) for one in typed):
        raise ValueError(TYPED)


def require_room(book: Spreadsheet, grown: Tab) -> None:
    grids = [tab for tab in book.tabs if tab.sheet_type == "GRID"]
    if sum(tab.row_count * tab.column_count for tab in grids) > MAX_CELLS:
        raise ValueError(FULL.format(MAX_CELLS))
    if grown.column_count > MAX_COLUMNS:
        raise ValueError(WIDE.format(MAX_COLUMNS))


def _protected_from(book: Spreadsheet, tab: Tab) -> list[Json]:
    return [one for one in tab.protected_ranges if not _may_edit(book, one)]


def _may_edit(book: Spreadsheet, protected: Json) -> bool:
    users: list[str] = protected["editors"]["users"]
    return "warningOnly" in protected or book.account in users


def _contains(grid_range: Json, rows: range, columns: range) -> bool:
    """Whether a block lies inside of a range."""
    sides = (("Row", rows), ("Column", columns))
    return all(
        grid_range[f"start{kind}Index"] <= side.start and side.stop <= grid_range[f"end{kind}Index"]
        for kind, side in sides
    )
