"""What a chart shows: a ChartSpec as our client or people give it, checked, and as Google keeps it.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/charts
Only basic charts are emulated, out of many kinds. Every error is a ValueError, or the KeyError of a
missing field.
"""

from __future__ import annotations

from etl.demo.google.places import pinned, tab_of, whole_block
from etl.demo.google.ranges import Json
from etl.demo.google.spreadsheet import Spreadsheet

CHART_TYPES = {"BAR", "LINE", "AREA", "COLUMN", "SCATTER", "COMBO", "STEPPED_AREA"}
SERIES_TYPES = {"LINE", "AREA", "COLUMN"}
LEFT, RIGHT = "LEFT_AXIS", "RIGHT_AXIS"
LEGENDS = {f"{place}_LEGEND" for place in ("BOTTOM", "LEFT", "RIGHT", "TOP", "NO", "INSIDE")}
SPEC_FIELDS = {
    "title", "titleTextFormat", "titleTextPosition", "subtitle", "subtitleTextFormat",
    "subtitleTextPosition", "altText", "fontName", "maximized", "backgroundColor",
    "backgroundColorStyle", "hiddenDimensionStrategy", "basicChart",
}  # fmt: skip
BASIC_FIELDS = {
    "chartType", "legendPosition", "axis", "domains", "series", "headerCount", "interpolateNulls",
    "threeDimensional", "stackedType", "lineSmoothing", "compareMode", "totalDataLabel",
}  # fmt: skip
AXIS_FIELDS = {"position", "title", "format", "titleTextPosition", "viewWindowOptions"}
SERIES_FIELDS = {
    "series", "targetAxis", "type", "color", "colorStyle", "lineStyle", "pointStyle", "dataLabel",
    "styleOverrides",
}  # fmt: skip
# Google fills these in.
DEFAULTS = {"hiddenDimensionStrategy": "SKIP_HIDDEN_ROWS_AND_COLUMNS", "fontName": "Roboto"}


def kept_spec(book: Spreadsheet, spec: Json) -> Json:
    """A spec with pinned ranges, and without the title of the right axis, which Google drops."""
    _check_spec(book, spec)
    chart = spec["basicChart"]
    axes = [
        {name: one for name, one in axis.items() if axis["position"] != RIGHT or name != "title"}
        for axis in chart.get("axis", [])
    ]
    domains = [one | {"domain": _pinned(book, one["domain"])} for one in chart["domains"]]
    series = [one | {"series": _pinned(book, one["series"])} for one in chart["series"]]
    data = {"axis": axes, "domains": domains, "series": series}
    return {**DEFAULTS, **spec, "basicChart": chart | data}


def _pinned(book: Spreadsheet, data: Json) -> Json:
    sources = [pinned(tab_of(book, one), one) for one in data["sourceRange"]["sources"]]
    return {"sourceRange": {"sources": sources}}


def _check_spec(book: Spreadsheet, spec: Json) -> None:
    only(spec, SPEC_FIELDS)
    chart = spec["basicChart"]
    only(chart, BASIC_FIELDS)
    _one_of(chart["chartType"], CHART_TYPES)
    _one_of(chart.get("legendPosition", "NO_LEGEND"), LEGENDS)
    if not all(isinstance(text, str) for text in (spec.get("title", ""), spec.get("altText", ""))):
        raise ValueError("title and altText are texts")
    _check_axes(chart.get("axis", []))
    for series in chart["series"]:
        only(series, SERIES_FIELDS)
        _one_of(series.get("targetAxis", LEFT), {LEFT, RIGHT})
        if "type" in series and chart["chartType"] != "COMBO":
            raise ValueError("A series type is only valid in a combo chart.")
        _one_of(series.get("type", "LINE"), SERIES_TYPES)
    for domain in chart["domains"]:
        only(domain, {"domain", "reversed"})
    data = [domain["domain"] for domain in chart["domains"]]
    data += [series["series"] for series in chart["series"]]
    if len({_check_data(book, one) for one in data}) != 1:
        raise ValueError("All source ranges must have the same number of rows and sources.")


def _check_axes(axes: list[Json]) -> None:
    for axis in axes:
        only(axis, AXIS_FIELDS)
        _one_of(axis["position"], {"BOTTOM_AXIS", LEFT, RIGHT})
    if len({axis["position"] for axis in axes}) < len(axes):
        raise ValueError("Cannot specify the same axis twice.")


def _check_data(book: Spreadsheet, data: Json) -> tuple[int, int, int]:
    """How many rows from which on, and how many sources there are."""
    only(data, {"sourceRange"})
    sources = data["sourceRange"]["sources"]
    for source in sources:
        rows, columns = whole_block(tab_of(book, source), source)
        if source.get("endRowIndex", rows.stop) > rows.stop:
            raise ValueError("a source range that ends beyond the grid is not emulated")
        if len(columns) != 1 and len(rows) != 1:
            raise ValueError("Exactly one dimension of a source range must have a length of 1.")
    first = whole_block(tab_of(book, sources[0]), sources[0])[0]
    return first.start, len(first), len(sources)


def only(given: Json, known: set[str]) -> None:
    if unknown := {*given} - known:
        raise ValueError(f'Unknown name "{", ".join(sorted(unknown))}": Cannot find field.')


def _one_of(value: object, allowed: set[str]) -> None:
    if value not in allowed:
        raise ValueError(f"Invalid value: {value}")
