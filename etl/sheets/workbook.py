"""What a run reads before it plans, in two requests as long as our tab is the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from gspread.utils import absolute_range_name, rowcol_to_a1

from etl.models.errors import Problem, ReportError
from etl.sheets.client import RemoteSpreadsheet
from etl.sheets.grid import Grid, find_columns

# Ids of our own choice: whatever people rename or move, it is found again and never made twice.
TASKS_SHEET_ID = 1_280_028_001
CHART_ID = 1_280_028_002
SET_UP_KEY = "lms-analytics-set-up"


@dataclass(frozen=True)
class Workbook:
    """`tasks` is None where that tab is missing or was not asked for; `titles` are casefolded.

    `is_set_up`: the daily tab once got formats and chart, and what became of them is people's.
    """

    title: str
    daily: Grid
    is_set_up: bool
    has_chart: bool
    tasks: Grid | None
    titles: frozenset[str]


def read_workbook(
    spreadsheet: RemoteSpreadsheet,
    worksheet_title: str | None,
    headers: Sequence[Sequence[str]],
    *,
    with_tasks: bool,
) -> Workbook:
    """Raises `ReportError` when there is no tab for the days."""
    metadata = spreadsheet.fetch_metadata()
    sheets = metadata["sheets"]
    tabs = [sheet["properties"] for sheet in sheets]
    titles = frozenset(tab["title"].casefold() for tab in tabs)
    # A chart in a tab of its own has no cells.
    tabs = [tab for tab in tabs if tab.get("sheetType", "GRID") == "GRID"]
    tasks = [tab for tab in tabs if tab["sheetId"] == TASKS_SHEET_ID]
    asked = tasks if with_tasks else []
    candidates = _candidates(tabs, worksheet_title)
    first, *others = _read(spreadsheet, [candidates[0], *asked])
    daily = _find_daily(spreadsheet, first, candidates[1:], headers)
    return Workbook(
        title=metadata["properties"]["title"],
        daily=daily,
        is_set_up=daily.sheet_id in _set_up(sheets),
        has_chart=CHART_ID in _chart_ids(sheets),
        tasks=next(iter(others), None),
        titles=titles,
    )


def _candidates(
    tabs: Sequence[Mapping[str, Any]], worksheet_title: str | None
) -> Sequence[Mapping[str, Any]]:
    candidates = [
        tab
        for tab in tabs
        if tab["sheetId"] != TASKS_SHEET_ID and worksheet_title in (None, "", tab["title"])
    ]
    if not candidates:
        raise ReportError(Problem.SHEET_TAB_MISSING, title=worksheet_title or "")
    return candidates


def _find_daily(
    spreadsheet: RemoteSpreadsheet,
    first: Grid,
    rest: Sequence[Mapping[str, Any]],
    headers: Sequence[Sequence[str]],
) -> Grid:
    """The first tab with our header, since people put tabs in front of it; else the first."""
    grids = chain([first], (_read(spreadsheet, [tab])[0] for tab in rest))
    return next((grid for grid in grids if find_columns(grid, headers)), first)


def _set_up(sheets: Sequence[Mapping[str, Any]]) -> set[int]:
    return {
        sheet["properties"]["sheetId"]
        for sheet in sheets
        for metadata in sheet.get("developerMetadata", ())
        if metadata["metadataKey"] == SET_UP_KEY
    }


def _chart_ids(sheets: Sequence[Mapping[str, Any]]) -> set[int]:
    return {chart["chartId"] for sheet in sheets for chart in sheet.get("charts", ())}


def _read(spreadsheet: RemoteSpreadsheet, tabs: Sequence[Mapping[str, Any]]) -> list[Grid]:
    """All cells of tabs in one request."""
    blocks = spreadsheet.fetch_values([_all_cells(tab) for tab in tabs])
    return [
        Grid(
            title=tab["title"],
            sheet_id=tab["sheetId"],
            row_count=tab["gridProperties"]["rowCount"],
            column_count=tab["gridProperties"]["columnCount"],
            values=values,
        )
        for tab, values in zip(tabs, blocks, strict=True)
    ]


def _all_cells(tab: Mapping[str, Any]) -> str:
    """The range of all cells by its corners, since Google takes a title like Q1 for a cell."""
    size = tab["gridProperties"]
    last = rowcol_to_a1(size["rowCount"], size["columnCount"])
    return absolute_range_name(tab["title"], f"A1:{last}")
