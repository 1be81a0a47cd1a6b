"""What a run reads before it plans, in two requests as long as our tab is the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from gspread.utils import absolute_range_name, rowcol_to_a1

from etl.models.errors import Problem, ReportError
from etl.sheets import blocks
from etl.sheets.answers import Chart, Tab
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
    chart: Chart | None
    tasks: Grid | None
    titles: frozenset[str]
    cell_count: int


def read_workbook(
    spreadsheet: RemoteSpreadsheet,
    worksheet_title: str | None,
    headers: Sequence[Sequence[str]],
    *,
    with_tasks: bool,
) -> Workbook:
    """Raises `ReportError` when there is no tab for the days."""
    metadata = spreadsheet.fetch_metadata()
    tabs = [tab for tab in metadata.sheets if tab.has_cells]
    tasks = [tab for tab in tabs if tab.properties.sheet_id == TASKS_SHEET_ID]
    asked = tasks if with_tasks else []
    candidates = _candidates(tabs, worksheet_title)
    first, *others = _read(spreadsheet, [candidates[0], *asked])
    daily = _find_daily(spreadsheet, first, candidates, headers, worksheet_title)
    return Workbook(
        title=metadata.properties.title,
        daily=daily,
        is_set_up=daily.sheet_id in _set_up(metadata.sheets),
        chart=_find_chart(metadata.sheets),
        tasks=next(iter(others), None),
        titles=frozenset(tab.properties.title.casefold() for tab in metadata.sheets),
        cell_count=sum(_cell_count(tab) for tab in metadata.sheets),
    )


def _candidates(tabs: Sequence[Tab], worksheet_title: str | None) -> Sequence[Tab]:
    """What people see stands first: a hidden tab may be a form's, or an old one."""
    candidates = [
        tab
        for tab in tabs
        if tab.properties.sheet_id != TASKS_SHEET_ID
        and worksheet_title in (None, "", tab.properties.title)
    ]
    if not candidates:
        raise ReportError(Problem.SHEET_TAB_MISSING, title=worksheet_title or "")
    return sorted(candidates, key=lambda tab: tab.properties.hidden)


def _find_daily(
    spreadsheet: RemoteSpreadsheet,
    first: Grid,
    candidates: Sequence[Tab],
    headers: Sequence[Sequence[str]],
    worksheet_title: str | None,
) -> Grid:
    """The first tab with our header, since people put tabs in front of it; else the first.

    A hidden tab is begun only if it is named.
    """
    grids = chain([first], (_read(spreadsheet, [tab])[0] for tab in candidates[1:]))
    ours = next((grid for grid in grids if find_columns(grid, headers)), None)
    if ours is None and candidates[0].properties.hidden and not worksheet_title:
        raise ReportError(Problem.SHEET_TAB_MISSING, title="")
    return ours or first


def _set_up(tabs: Sequence[Tab]) -> set[int]:
    return {
        tab.properties.sheet_id
        for tab in tabs
        for metadata in tab.developer_metadata
        if metadata.metadata_key == SET_UP_KEY
    }


def _find_chart(tabs: Sequence[Tab]) -> Chart | None:
    charts = (chart for tab in tabs for chart in tab.charts)
    return next((chart for chart in charts if chart.chart_id == CHART_ID), None)


def _cell_count(tab: Tab) -> int:
    size = tab.properties.grid_properties
    return size.row_count * size.column_count


def _read(spreadsheet: RemoteSpreadsheet, tabs: Sequence[Tab]) -> list[Grid]:
    """All cells of tabs in one request."""
    cells = spreadsheet.fetch_values([_all_cells(tab) for tab in tabs])
    return [
        Grid(
            title=tab.properties.title,
            sheet_id=tab.properties.sheet_id,
            row_count=tab.properties.grid_properties.row_count,
            column_count=tab.properties.grid_properties.column_count,
            values=values,
            merges=blocks.merges(tab),
            locks=blocks.locks(tab, spreadsheet.account),
            tables=blocks.tables(tab),
        )
        for tab, values in zip(tabs, cells, strict=True)
    ]


def _all_cells(tab: Tab) -> str:
    """The range of all cells by its corners, since Google takes a title like Q1 for a cell."""
    size = tab.properties.grid_properties
    last = rowcol_to_a1(size.row_count, size.column_count)
    return absolute_range_name(tab.properties.title, f"A1:{last}")
