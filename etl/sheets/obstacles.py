"""Why Google refuses a batch, out of what the workbook looks like.

Its own message is in the language of an account, so it is quoted and never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etl.models.errors import Problem, ReportError
from etl.sheets.cells import Request
from etl.sheets.client import RefusedBatchError
from etl.sheets.grid import HEADER_ROW, Grid, find_columns
from etl.sheets.workbook import Workbook

# https://support.google.com/drive/answer/37603
CELLS_AT_MOST = 10_000_000
GROWTH = {"appendDimension", "insertDimension"}


@dataclass(frozen=True)
class TabPlan:
    """What a tab (None: yet to be made) of a workbook needs; its header may be any of these."""

    workbook: Workbook
    grid: Grid | None
    headers: Sequence[Sequence[str]]
    batch: Sequence[Request]


def refuse_locks(plan: TabPlan, account: str, *, details: str = "") -> None:
    """Raises `ReportError` if `account` may not write a cell that figures belong into."""
    if plan.grid and _is_locked(plan.grid, plan):
        title = plan.grid.title
        raise ReportError(
            Problem.SHEET_PROTECTED, details=details, title=title, client_email=account
        )


def refuse_likeliest(plan: TabPlan, account: str, refusal: RefusedBatchError) -> None:
    """Raises `ReportError` with what most likely was in the way, and Google's words below it."""
    details = str(refusal.facts["message"])
    refuse_locks(plan, account, details=details)
    if plan.workbook.cell_count + sum(_cells_added(plan)) > CELLS_AT_MOST:
        raise ReportError(Problem.SHEET_FULL, details=details)
    if plan.grid is None:
        return
    columns = find_columns(plan.grid, plan.headers) or range(len(plan.headers[0]))
    if plan.grid.is_in_table(columns):
        raise ReportError(Problem.SHEET_TABLE, details=details, title=plan.grid.title)
    if plan.grid.has_merges(columns):
        raise ReportError(Problem.SHEET_MERGED, details=details, title=plan.grid.title)


def _is_locked(grid: Grid, plan: TabPlan) -> bool:
    """The header counts only where it is to be written.

    A tab that is protected as a whole does not grow, whatever is open in it.
    """
    columns = find_columns(grid, plan.headers)
    top = HEADER_ROW if any(map(_writes_header, plan.batch)) else HEADER_ROW + 1
    rows = range(top, grid.row_count)
    ours = columns or range(len(plan.headers[0]))
    grows = any(GROWTH & {*request} for request in plan.batch)
    return any(
        (grows and lock.block == grid.block) or any(lock.holds(rows, column) for column in ours)
        for lock in grid.locks
    )


def _writes_header(request: Request) -> bool:
    """Of `range` and `start`, whichever it has."""
    fields = request.get("updateCells", {})
    first = fields.get("range", {}).get("startRowIndex", HEADER_ROW)
    return bool(fields) and fields.get("start", {}).get("rowIndex", first) == HEADER_ROW


def _cells_added(plan: TabPlan) -> Iterator[int]:
    for request in plan.batch:
        [(kind, fields)] = request.items()
        if kind == "addSheet":
            size = fields["properties"]["gridProperties"]
            yield size["rowCount"] * size["columnCount"]
        elif kind in GROWTH and plan.grid:
            place = fields.get("range", fields)
            count = fields.get("length") or place["endIndex"] - place["startIndex"]
            is_rows = place["dimension"] == "ROWS"
            yield count * (plan.grid.column_count if is_rows else plan.grid.row_count)
