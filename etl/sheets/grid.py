"""Reads our tabs of a spreadsheet before a run plans its changes, and finds our columns in them.

Two requests are enough as long as the daily tab is the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from gspread.utils import absolute_range_name, rowcol_to_a1

from etl.models.errors import Problem, ReportError
from etl.sheets.cells import Request, is_blank
from etl.sheets.client import Json, RemoteSpreadsheet, Tab

HEADER_ROW = 0
# Ids that we choose: tab and chart are found after people rename or move them, never made twice.
TASKS_SHEET_ID = 1_280_028_001
CHART_ID = 1_280_028_002
SET_UP_KEY = "lms-analytics-set-up"


@dataclass(frozen=True, kw_only=True)
class Grid(Tab):
    """A tab with its values by row: unformatted, dates as serial numbers. Indexes start at 0."""

    values: Sequence[Sequence[object]]

    @property
    def is_empty(self) -> bool:
        return all(is_blank(value) for row in self.values for value in row)

    def value(self, row: int, column: int) -> object:
        cells = self.values[row] if row < len(self.values) else ()
        return cells[column] if column < len(cells) else None

    def first_free_row(self, columns: Sequence[int]) -> int:
        """Returns the index of the first row below the header and all values in `columns`."""
        used = [
            row
            for row in range(HEADER_ROW, len(self.values))
            if not all(is_blank(self.value(row, column)) for column in columns)
        ]
        return max(used, default=HEADER_ROW) + 1

    def is_locked(self, headers: Sequence[Sequence[str]]) -> bool:
        """Returns whether we may not write below our header, or where a missing one belongs."""
        columns = find_columns(self, headers)
        top = HEADER_ROW if columns is None else HEADER_ROW + 1
        ours = range(len(headers[0])) if columns is None else columns
        return any(
            one.get("endRowIndex", top + 1) > top
            and any(
                one.get("startColumnIndex", 0) <= column < one.get("endColumnIndex", column + 1)
                for column in ours
            )
            for one in self.locked
        )


@dataclass(frozen=True)
class Workbook:
    """A spreadsheet with our tabs; `tasks` is None if that tab is missing or was not asked for.

    `is_set_up`: the daily tab was once given formats and a chart, which now belong to people.
    `chart` is our chart's ChartSpec, if any. `titles` has the titles of all tabs, casefolded.
    """

    title: str
    daily: Grid
    is_set_up: bool
    chart: Json | None
    tasks: Grid | None
    titles: frozenset[str]


def read_workbook(
    spreadsheet: RemoteSpreadsheet,
    worksheet_title: str | None,
    headers: Sequence[Sequence[str]],
    *,
    with_tasks: bool,
) -> Workbook:
    """Reads the tab of days, and with `with_tasks` that of tasks.

    The tab of days is the one with `worksheet_title`; if that is None, the first with a row of
    headers out of `headers` (one for each language), else the first visible tab. Raises
    `ReportError` if there is no such tab.
    """
    title, tabs = spreadsheet.fetch_tabs()
    with_cells = [tab for tab in tabs if tab.row_count * tab.column_count]
    tasks = [tab for tab in with_cells if tab.sheet_id == TASKS_SHEET_ID and with_tasks]
    candidates = _candidates(with_cells, worksheet_title)
    first, *others = _read(spreadsheet, [candidates[0], *tasks])
    later = (_read(spreadsheet, [tab])[0] for tab in candidates[1:])
    daily = _find_daily(first, later, headers, worksheet_title)
    return Workbook(
        title=title,
        daily=daily,
        is_set_up=SET_UP_KEY in daily.metadata_keys,
        chart=next((tab.charts[CHART_ID] for tab in tabs if CHART_ID in tab.charts), None),
        tasks=next(iter(others), None),
        titles=frozenset(tab.title.casefold() for tab in tabs),
    )


def _candidates(tabs: Sequence[Tab], worksheet_title: str | None) -> Sequence[Tab]:
    """Returns tabs that may be the daily one, hidden ones last: they may be a form's, or old."""
    candidates = [
        tab
        for tab in tabs
        if tab.sheet_id != TASKS_SHEET_ID and worksheet_title in (None, "", tab.title)
    ]
    if not candidates:
        raise ReportError(Problem.SHEET_TAB_MISSING, title=worksheet_title or "")
    return sorted(candidates, key=lambda tab: tab.is_hidden)


def _find_daily(
    first: Grid, later: Iterable[Grid], headers: Sequence[Sequence[str]], title: str | None
) -> Grid:
    """Returns the first tab with our header, since people put tabs in front of it; else the first.

    A hidden tab is begun only if the settings name it.
    """
    ours = next((grid for grid in chain([first], later) if find_columns(grid, headers)), None)
    if ours is None and first.is_hidden and not title:
        raise ReportError(Problem.SHEET_TAB_MISSING, title="")
    return ours or first


def _read(spreadsheet: RemoteSpreadsheet, tabs: Sequence[Tab]) -> list[Grid]:
    """Fetches all cells of the tabs in one request."""
    # With corners, since Google takes a title like Q1 for a cell.
    ranges = [
        absolute_range_name(tab.title, f"A1:{rowcol_to_a1(tab.row_count, tab.column_count)}")
        for tab in tabs
    ]
    cells = spreadsheet.fetch_values(ranges)
    return [Grid(**vars(tab), values=values) for tab, values in zip(tabs, cells, strict=True)]


def find_columns(grid: Grid, headers: Sequence[Sequence[str]]) -> list[int] | None:
    """Returns column indexes of the first of `headers` that the tab has; None if it has none."""
    present = [_normal(value) for value in (grid.values[HEADER_ROW] if grid.values else ())]
    for header in headers:
        if all(_normal(name) in present for name in header):
            return [present.index(_normal(name)) for name in header]
    return None


def widen(grid: Grid, missing: int) -> list[Request]:
    """Returns a request that appends `missing` columns to the tab; none if `missing` is below 1."""
    growth = {"sheetId": grid.sheet_id, "dimension": "COLUMNS", "length": missing}
    return [{"appendDimension": growth}] * (missing > 0)


def extend(grid: Grid, missing: int) -> list[Request]:
    """Returns a request that appends `missing` rows, formatted like the last; none if below 1."""
    return [insert_rows(grid, grid.row_count, missing, look_like_before=True)] * (missing > 0)


def insert_rows(grid: Grid, top: int, count: int, *, look_like_before: bool) -> Request:
    """Returns a request that inserts rows at `top`, formatted like the row above or that below."""
    rows = {"dimension": "ROWS", "startIndex": top, "endIndex": top + count}
    place = {"sheetId": grid.sheet_id, **rows}
    return {"insertDimension": {"range": place, "inheritFromBefore": look_like_before}}


def _normal(value: object) -> str:
    return " ".join(str(value).split()).casefold()
