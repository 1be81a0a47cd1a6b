"""The look of our tabs and the chart of daily figures: set once, so that people's changes stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from etl.sheets.cells import Request
from etl.sheets.client import Json
from etl.sheets.grid import CHART_ID, HEADER_ROW, SET_UP_KEY, Grid
from etl.texts import Catalogue

# Requests that the figures can do without; the mark, in metadata, says that a chart was given.
LOOKS = {"repeatCell", "updateSheetProperties", "updateDimensionProperties"}
CHARTS = {"addChart", "updateChartSpec", "createDeveloperMetadata"}

HEADER_FORMAT = {
    "textFormat": {"bold": True},
    "wrapStrategy": "WRAP",
    "verticalAlignment": "MIDDLE",
}
DAILY_WIDTHS_PIXELS = (100, 120, 140, 120, 120, 120, 120)
CHART_PIXELS = {"widthPixels": 900, "heightPixels": 420}
# Positions in the header of the columns that the chart shows.
DAY, ATTEMPTS, USERS, SUCCESS = 0, 1, 2, 4


def without_look(batch: Sequence[Request]) -> list[Request]:
    """Returns the batch without formats and chart: one refused request fails a whole batch."""
    return [request for request in batch if not (LOOKS | CHARTS) & {*request}]


def number_formats(
    sheet_id: int, top: int, columns: Sequence[int], formats: Sequence[dict[str, str] | None]
) -> list[Request]:
    """Returns requests that format columns from row `top` to the tab's end; None skips a column."""
    return [
        _repeat(sheet_id, {"startRowIndex": top}, (column, column + 1), {"numberFormat": one})
        for column, one in zip(columns, formats, strict=True)
        if one
    ]


def header_look(sheet_id: int, widths_pixels: Sequence[int]) -> list[Request]:
    """Returns requests for a bold, frozen header row, and for column widths from column A on."""
    row = {"startRowIndex": HEADER_ROW, "endRowIndex": HEADER_ROW + 1}
    frozen = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": HEADER_ROW + 1}}
    mask = "gridProperties.frozenRowCount"
    freeze = {"updateSheetProperties": {"properties": frozen, "fields": mask}}
    return [
        _repeat(sheet_id, row, (0, len(widths_pixels)), HEADER_FORMAT),
        freeze,
        *(_width(sheet_id, column, pixels) for column, pixels in enumerate(widths_pixels)),
    ]


def set_up(
    grid: Grid, columns: Sequence[int], catalogue: Catalogue, *, is_begun: bool, has_chart: bool
) -> list[Request]:
    """Returns requests that give the daily tab its chart and its look, and mark it as set up.

    The header gets a look if this run writes it (`is_begun`); a chart is added unless there is one
    (`has_chart`). By the mark, later runs know not to restore a chart that people deleted. Source:
    https://developers.google.com/workspace/sheets/api/guides/metadata.
    """
    location = {"sheetId": grid.sheet_id}
    mark = {"metadataKey": SET_UP_KEY, "metadataValue": "1", "visibility": "DOCUMENT"}
    return [
        *(header_look(grid.sheet_id, DAILY_WIDTHS_PIXELS) if is_begun else ()),
        *(() if has_chart else (_add_chart(grid, columns, catalogue),)),
        {"createDeveloperMetadata": {"developerMetadata": {**mark, "location": location}}},
    ]


def _repeat(
    sheet_id: int, rows: dict[str, int], columns: tuple[int, int], cell_format: dict[str, Any]
) -> Request:
    start, end = columns
    block = {"sheetId": sheet_id, **rows, "startColumnIndex": start, "endColumnIndex": end}
    mask = ",".join(f"userEnteredFormat.{name}" for name in cell_format)
    cell = {"userEnteredFormat": cell_format}
    return {"repeatCell": {"range": block, "cell": cell, "fields": mask}}


def _width(sheet_id: int, column: int, pixels: int) -> Request:
    columns = {"dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    width = {"properties": {"pixelSize": pixels}, "fields": "pixelSize"}
    return {"updateDimensionProperties": {"range": {"sheetId": sheet_id, **columns}, **width}}


def _add_chart(grid: Grid, columns: Sequence[int], catalogue: Catalogue) -> Request:
    """Returns a request for the chart: counts on the left axis, success on the right."""
    left, right = "LEFT_AXIS", "RIGHT_AXIS"
    chart = {
        "chartType": "COMBO",
        "legendPosition": "TOP_LEGEND",
        "headerCount": 1,
        "axis": [
            {"position": "BOTTOM_AXIS", "title": catalogue.sheet_header[DAY]},
            {"position": left, "title": catalogue.chart_counts},
            # Google drops a title of the right axis; the legend has the series' names.
            {"position": right},
        ],
        "domains": [{"domain": _column(grid, columns[DAY])}],
        "series": [
            {"series": _column(grid, columns[ATTEMPTS]), "type": "COLUMN", "targetAxis": left},
            {"series": _column(grid, columns[USERS]), "type": "LINE", "targetAxis": left},
            {"series": _column(grid, columns[SUCCESS]), "type": "LINE", "targetAxis": right},
        ],
    }
    title = catalogue.chart_title
    spec = {"title": title, "altText": title, "basicChart": chart}
    position = _position(grid, columns)
    return {"addChart": {"chart": {"chartId": CHART_ID, "spec": spec, "position": position}}}


def lengthen_chart(chart: Json, grid: Grid, day_count: int, rows_needed: int) -> list[Request]:
    """Returns a request that extends our chart to `rows_needed` rows; none if it is up to date.

    Google ends an open range where the grid ends at that moment; rows added later are not in it. If
    people changed the chart to show something else, or fewer than the `day_count` days in the tab,
    it is left alone; all other parts of the chart's description stay as they are.
    """
    spec = deepcopy(chart)
    ranges = list(_ranges(spec))
    if not ranges or not all(
        shown.get("sheetId", 0) == grid.sheet_id
        and shown.get("startRowIndex", 0) <= HEADER_ROW + 1
        and day_count < shown.get("endRowIndex", rows_needed) < rows_needed
        for shown in ranges
    ):
        return []
    for shown in ranges:
        shown["endRowIndex"] = rows_needed
    return [{"updateChartSpec": {"chartId": CHART_ID, "spec": spec}}]


def _ranges(spec: object) -> Iterator[Any]:
    """Yields every range in a chart's description, whatever the kind of chart."""
    if isinstance(spec, dict):
        for name, part in spec.items():
            yield from part if name == "sources" and isinstance(part, list) else _ranges(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from _ranges(part)


def _column(grid: Grid, column: int) -> dict[str, Any]:
    """Returns a column as chart data, from the header down to the end of the grid."""
    source = {
        "sheetId": grid.sheet_id,
        "startRowIndex": HEADER_ROW,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }
    return {"sourceRange": {"sources": [source]}}


def _position(grid: Grid, columns: Sequence[int]) -> dict[str, Any]:
    """Returns the chart's place: right of all values, or a tab of its own if no column is left."""
    used = max([max(columns) + 1, *map(len, grid.values)])
    beside = used + 1
    if beside >= grid.column_count:
        return {"newSheet": True}
    anchor = {"sheetId": grid.sheet_id, "rowIndex": HEADER_ROW + 1, "columnIndex": beside}
    return {"overlayPosition": {"anchorCell": anchor, **CHART_PIXELS}}
