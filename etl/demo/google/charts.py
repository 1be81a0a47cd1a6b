"""The request of spreadsheets.batchUpdate that adds a chart, checked.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/charts
Only basic charts are emulated, out of many kinds. Every error is a ValueError, or the KeyError of a
missing field.
"""

from __future__ import annotations

from etl.demo.google.fields import Json, require_grid, tab_of, whole_block
from etl.demo.google.spreadsheet import Spreadsheet, Tab

CHART_TYPES = {"BAR", "LINE", "AREA", "COLUMN", "SCATTER", "COMBO", "STEPPED_AREA"}
SERIES_TYPES = {"LINE", "AREA", "COLUMN"}
AXES = {"BOTTOM_AXIS", "LEFT_AXIS", "RIGHT_AXIS"}
LEGENDS = {f"{place}_LEGEND" for place in ("BOTTOM", "LEFT", "RIGHT", "TOP", "NO", "INSIDE")}
SPEC_FIELDS = {"title", "subtitle", "altText", "basicChart", "hiddenDimensionStrategy"}
BASIC_FIELDS = {
    "chartType", "legendPosition", "axis", "domains", "series", "headerCount", "interpolateNulls",
}  # fmt: skip
OVERLAY_FIELDS = {
    "anchorCell", "offsetXPixels", "offsetYPixels", "widthPixels", "heightPixels",
}  # fmt: skip


def add_chart(book: Spreadsheet, *, chart: Json) -> Json:
    """Over a tab's cells, or in a new tab of its own."""
    _only(chart, {"chartId", "spec", "position"})
    taken = {chart_id for tab in book.tabs for chart_id in tab.charts}
    chart_id = chart.get("chartId", max(taken, default=0) + 1)
    if chart_id in taken:
        raise ValueError(f"A chart with the id {chart_id} already exists.")
    _check_spec(book, chart["spec"])
    tab, position = _place(book, chart["position"])
    tab.charts[chart_id] = {"chartId": chart_id, "spec": chart["spec"], "position": position}
    return {"chart": tab.charts[chart_id]}


def _place(book: Spreadsheet, position: Json) -> tuple[Tab, Json]:
    if position == {"newSheet": True}:
        number = 1 + sum(tab.sheet_type == "OBJECT" for tab in book.tabs)
        tab = book.add_tab(f"Chart{number}")
        tab.sheet_type = "OBJECT"
        return tab, {"sheetId": tab.sheet_id}
    _only(position, {"overlayPosition"})
    overlay = position["overlayPosition"]
    _only(overlay, OVERLAY_FIELDS)
    sizes = [overlay.get(name, 1) for name in ("widthPixels", "heightPixels")]
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ValueError(f"Invalid size: {sizes}")
    anchor = overlay["anchorCell"]
    _only(anchor, {"sheetId", "rowIndex", "columnIndex"})
    tab, row, column = tab_of(book, anchor), anchor.get("rowIndex", 0), anchor.get("columnIndex", 0)
    require_grid(tab, range(row, row + 1), range(column, column + 1))
    return tab, position


def _check_spec(book: Spreadsheet, spec: Json) -> None:
    _only(spec, SPEC_FIELDS)
    chart = spec["basicChart"]
    _only(chart, BASIC_FIELDS)
    _one_of(chart["chartType"], CHART_TYPES)
    _one_of(chart.get("legendPosition", "NO_LEGEND"), LEGENDS)
    if not all(isinstance(text, str) for text in (spec.get("title", ""), spec.get("altText", ""))):
        raise ValueError("title and altText are texts")
    for axis in chart.get("axis", []):
        _only(axis, {"position", "title", "format", "titleTextPosition", "viewWindowOptions"})
        _one_of(axis["position"], AXES)
    if len({axis["position"] for axis in chart.get("axis", [])}) < len(chart.get("axis", [])):
        raise ValueError("Cannot specify the same axis twice.")
    for series in chart["series"]:
        _only(series, {"series", "targetAxis", "type", "color", "lineStyle"})
        _one_of(series.get("targetAxis", "LEFT_AXIS"), AXES - {"BOTTOM_AXIS"})
        if "type" in series and chart["chartType"] != "COMBO":
            raise ValueError("A series type is only valid in a combo chart.")
        _one_of(series.get("type", "LINE"), SERIES_TYPES)
    for domain in chart["domains"]:
        _only(domain, {"domain", "reversed"})
    data = [domain["domain"] for domain in chart["domains"]]
    data += [series["series"] for series in chart["series"]]
    if len({_check_data(book, one) for one in data}) != 1:
        raise ValueError("All source ranges must have the same number of rows and sources.")


def _check_data(book: Spreadsheet, data: Json) -> tuple[int, int, int]:
    """How many rows from which on, and how many sources there are."""
    _only(data, {"sourceRange"})
    sources = data["sourceRange"]["sources"]
    for source in sources:
        rows, columns = whole_block(tab_of(book, source), source)
        if len(columns) != 1 and len(rows) != 1:
            raise ValueError("Exactly one dimension of a source range must have a length of 1.")
    first = whole_block(tab_of(book, sources[0]), sources[0])[0]
    return first.start, len(first), len(sources)


def _only(given: Json, known: set[str]) -> None:
    if unknown := {*given} - known:
        raise ValueError(f'Unknown name "{", ".join(sorted(unknown))}": Cannot find field.')


def _one_of(value: object, allowed: set[str]) -> None:
    if value not in allowed:
        raise ValueError(f"Invalid value: {value}")
