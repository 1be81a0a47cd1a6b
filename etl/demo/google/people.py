"""What people do to an emulated spreadsheet in their browser. Our client never asks for it.

Blocks are given as a person selects them: `A1:B2`, `A:A`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from gspread.utils import a1_range_to_grid_range, a1_to_rowcol

from etl.demo.google.places import pinned, whole_block
from etl.demo.google.ranges import Json
from etl.demo.google.spreadsheet import Spreadsheet, Tab


def select(tab: Tab, block: str) -> Json:
    return pinned(tab, a1_range_to_grid_range(block))


def merge(tab: Tab, block: str) -> None:
    """Only the first cell keeps its value."""
    grid_range = select(tab, block)
    tab.merges.append(grid_range)
    _, *others = product(*whole_block(tab, grid_range))
    for place in others:
        tab.write(*place, replace(tab.cell(*place), value=None))


def filter_rows(tab: Tab, block: str) -> None:
    tab.basic_filter = {"range": select(tab, block)}


def name_range(book: Spreadsheet, name: str, tab: Tab, block: str) -> None:
    book.named_ranges[name] = select(tab, block)


def protect(
    tab: Tab,
    block: str | None = None,
    *,
    editors: Sequence[str] = (),
    warning_only: bool = False,
    except_for: Sequence[str] = (),
) -> None:
    """Protect a block, or the whole tab `except_for` some blocks, from all but its editors."""
    protected: Json = {
        "protectedRangeId": len(tab.protected_ranges) + 1,
        "range": select(tab, block) if block else {"sheetId": tab.sheet_id},
        "editors": {"users": [*editors]},
    }
    if warning_only:
        protected["warningOnly"] = True
    if except_for:
        protected["unprotectedRanges"] = [select(tab, one) for one in except_for]
    tab.protected_ranges.append(protected)


def make_table(tab: Tab, block: str, types: Mapping[str, str]) -> None:
    """Convert a block with a header into a Table; `types` are those of columns, by letter."""
    grid_range = select(tab, block)
    header = grid_range["startRowIndex"]
    columns = []
    for letter, column_type in types.items():
        column = a1_to_rowcol(f"{letter}1")[1] - 1
        place = {"startColumnIndex": column, "endColumnIndex": column + 1}
        name = {"columnName": str(tab.cell(header, column).value), "columnType": column_type}
        columns.append({"range": grid_range | {"startRowIndex": header + 1, **place}, **name})
    number = len(tab.tables) + 1
    table = {"tableId": str(number), "name": f"Table{number}", "range": grid_range}
    tab.tables.append(table | {"columns": columns})
