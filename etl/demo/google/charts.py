"""The requests of spreadsheets.batchUpdate that add a chart, and change what it shows.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/charts
Every error is a ValueError, or the KeyError of a missing field.
"""

from __future__ import annotations

from etl.demo.google.chart_spec import kept_spec, only
from etl.demo.google.limits import require_editable_tab
from etl.demo.google.places import block_from, tab_of
from etl.demo.google.ranges import Json, answered
from etl.demo.google.spreadsheet import Spreadsheet, Tab

OVERLAY_FIELDS = {
    "anchorCell", "offsetXPixels", "offsetYPixels", "widthPixels", "heightPixels",
}  # fmt: skip
SIZE_PIXELS = {"widthPixels": 600, "heightPixels": 371}


def add_chart(book: Spreadsheet, *, chart: Json) -> Json:
    """Over a tab's cells, or in a new tab of its own."""
    only(chart, {"chartId", "spec", "position"})
    taken = {chart_id for tab in book.tabs for chart_id in tab.charts}
    chart_id = chart.get("chartId", max(taken, default=0) + 1)
    if chart_id in taken:
        raise ValueError(f"A chart with the id {chart_id} already exists.")
    spec = kept_spec(book, chart["spec"])
    tab, position = _place(book, chart["position"])
    tab.charts[chart_id] = {"chartId": chart_id, "spec": spec, "position": position}
    return {"chart": answered(tab.charts[chart_id])}


def update_chart_spec(book: Spreadsheet, *, chartId: int, spec: Json) -> None:
    """Another spec in the place of the whole one: what it leaves out is lost."""
    for tab in book.tabs:
        if chartId in tab.charts:
            require_editable_tab(book, tab)
            tab.charts[chartId] |= {"spec": kept_spec(book, spec)}
            return
    raise ValueError(f"No chart with id: {chartId}")


def _place(book: Spreadsheet, position: Json) -> tuple[Tab, Json]:
    if position == {"newSheet": True}:
        number = 1 + sum(tab.sheet_type == "OBJECT" for tab in book.tabs)
        tab = book.add_tab(f"Chart{number}")
        tab.sheet_type = "OBJECT"
        return tab, {"sheetId": tab.sheet_id}
    only(position, {"overlayPosition"})
    overlay = SIZE_PIXELS | position["overlayPosition"]
    only(overlay, OVERLAY_FIELDS)
    sizes = [overlay[name] for name in SIZE_PIXELS]
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ValueError(f"Invalid size: {sizes}")
    only(overlay["anchorCell"], {"sheetId", "rowIndex", "columnIndex"})
    anchor = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0, **overlay["anchorCell"]}
    tab = tab_of(book, anchor)
    block_from(tab, anchor)
    require_editable_tab(book, tab)
    return tab, {"overlayPosition": overlay | {"anchorCell": anchor}}
