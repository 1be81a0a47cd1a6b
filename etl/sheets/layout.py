"""Where the figures of a day belong in a sheet that people also edit, and what to change there.

Pure: what was read in, requests for one atomic `spreadsheets.batchUpdate` out. Rows are found by
their date and columns by their header, so inserted columns, sorted rows and a renamed tab do no
harm; only cells of our own columns are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from etl.errors import Problem, ReportError
from etl.models import DailyFigures
from etl.sheets.cells import Cell, Request, day_formats, write
from etl.sheets.grid import HEADER_ROW, Grid, append, find_columns
from etl.sheets.labels import Labels
from etl.sheets.look import number_formats, set_up
from etl.sheets.rows import Plan, plan_rows
from etl.sheets.workbook import Workbook

# A header cannot be frozen, nor a chart placed below it, where no other row is.
ROWS_AT_LEAST = 2


def plan_days(workbook: Workbook, figures: Sequence[DailyFigures], labels: Labels) -> Plan:
    """What makes the tab show these figures; nothing when it already does.

    An empty tab is begun with our header; a tab that was never set up is set up. Raises
    `ReportError` for a header that is not ours.
    """
    grid = workbook.daily
    before: list[Request] = []
    after: list[Request] = []
    columns = find_columns(grid, labels.headers)
    is_begun = columns is None
    if columns is None:
        columns = _columns_of_empty(grid, labels)
        before += append(grid, "COLUMNS", len(columns) - grid.column_count)
        before += write(grid.sheet_id, HEADER_ROW, columns, [[Cell(n) for n in labels.headers[0]]])
        grid = replace(grid, column_count=max(grid.column_count, len(columns)))
    if not workbook.is_set_up:
        before += append(grid, "ROWS", ROWS_AT_LEAST - grid.row_count)
        grid = replace(grid, row_count=max(grid.row_count, ROWS_AT_LEAST))
        before += _formats_of_free_rows(grid, columns, labels.date_pattern)
        has_chart = workbook.has_chart
        after += set_up(grid, columns, labels, is_begun=is_begun, has_chart=has_chart)
    has_formats = workbook.is_set_up
    plan = plan_rows(grid, columns, figures, labels.date_pattern, has_formats=has_formats)
    return replace(plan, requests=[*before, *plan.requests, *after])


def _columns_of_empty(grid: Grid, labels: Labels) -> list[int]:
    if not grid.is_empty:
        expected = ", ".join(labels.headers[0])
        raise ReportError(Problem.SHEET_FOREIGN_HEADER, title=grid.title, expected=expected)
    return list(range(len(labels.headers[0])))


def _formats_of_free_rows(grid: Grid, columns: Sequence[int], date_pattern: str) -> list[Request]:
    top = grid.first_free_row(columns)
    if top >= grid.row_count:
        return []
    return number_formats(grid.sheet_id, top, columns, day_formats(date_pattern))
