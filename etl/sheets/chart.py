"""The chart of the days, as `addChart` takes it.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/charts
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.sheets.cells import Request
from etl.sheets.grid import HEADER_ROW, Grid
from etl.sheets.labels import Labels
from etl.sheets.workbook import CHART_ID

DAY, ATTEMPTS, USERS, SUCCESS = 0, 1, 2, 4
SIZE_PIXELS = {"widthPixels": 900, "heightPixels": 420}


def add_chart(grid: Grid, columns: Sequence[int], labels: Labels) -> Request:
    """Attempts and users on the left axis, success on the right one."""
    left, right = "LEFT_AXIS", "RIGHT_AXIS"
    chart = {
        "chartType": "COMBO",
        "legendPosition": "TOP_LEGEND",
        "headerCount": 1,
        "axis": [
            {"position": "BOTTOM_AXIS", "title": labels.headers[0][DAY]},
            {"position": left, "title": labels.chart_counts},
            {"position": right, "title": labels.chart_success},
        ],
        "domains": [{"domain": _column(grid, columns[DAY])}],
        "series": [
            {"series": _column(grid, columns[ATTEMPTS]), "type": "COLUMN", "targetAxis": left},
            {"series": _column(grid, columns[USERS]), "type": "LINE", "targetAxis": left},
            {"series": _column(grid, columns[SUCCESS]), "type": "LINE", "targetAxis": right},
        ],
    }
    title = labels.chart_title
    spec = {"title": title, "altText": title, "basicChart": chart}
    placed = {"chartId": CHART_ID, "spec": spec, "position": _position(grid, columns)}
    return {"addChart": {"chart": placed}}


def _column(grid: Grid, column: int) -> dict[str, Any]:
    """From the header down without an end, so that rows to come are in it."""
    source = {
        "sheetId": grid.sheet_id,
        "startRowIndex": HEADER_ROW,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }
    return {"sourceRange": {"sources": [source]}}


def _position(grid: Grid, columns: Sequence[int]) -> dict[str, Any]:
    """To the right of everything written; where no column is left there, in a tab of its own."""
    used = max([max(columns) + 1, *map(len, grid.values)])
    beside = used + 1
    if beside >= grid.column_count:
        return {"newSheet": True}
    anchor = {"sheetId": grid.sheet_id, "rowIndex": HEADER_ROW + 1, "columnIndex": beside}
    return {"overlayPosition": {"anchorCell": anchor, **SIZE_PIXELS}}
