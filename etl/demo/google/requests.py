"""The emulated spreadsheets.batchUpdate: a function for each kind of request, with its refusals.

The parameters of a function are the fields of its request, so an unknown or missing field is
refused. Every refusal is a ValueError, in Google's words where they are known. Nothing is undone
here, and the look of a chart is not checked.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from etl.demo.google.spreadsheet import Dimension, Json, Spreadsheet

SIZES = {"rowCount": "row_count", "columnCount": "column_count"}
# The requests' own field `range` hides the builtin in their functions.
indexes = range


def apply(book: Spreadsheet, requests: list[Json]) -> list[Json]:
    """Applies every request in order and returns the replies, which are empty.

    Raises ValueError `Invalid requests[i].kind: ...` at the first bad one, which may leave `book`
    half changed.
    """
    for number, request in enumerate(requests):
        [(kind, fields)] = request.items()
        try:
            book.admit(kind, fields)
            KINDS[kind](book, **fields)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"Invalid requests[{number}].{kind}: {error}") from error
    return [{} for _ in requests]


def update_cells(
    book: Spreadsheet, *, range: Json, fields: str, rows: list[Json] | None = None
) -> None:
    """Writes rows into a range, whose cells without data are cleared."""
    tab = book.tab_of(range)
    block = tab.block(range)
    data = {
        (row, column): cell
        for row, line in enumerate(rows or [], block[0].start)
        for column, cell in enumerate(line.get("values", []), block[1].start)
    }
    if not data.keys() <= {*product(*block)}:
        raise ValueError("Attempting to write beyond the last requested row or column")
    for place in product(*block):
        tab.write(*place, tab.cell(*place).changed(data.get(place, {}), fields))


def repeat_cell(book: Spreadsheet, *, range: Json, fields: str, cell: Json) -> None:
    tab = book.tab_of(range)
    block = tab.block(range)
    for place in product(*block):
        tab.write(*place, tab.cell(*place).changed(cell, fields))


def insert_dimension(book: Spreadsheet, *, range: Json, inheritFromBefore: bool) -> None:
    """Inserts empty rows with the formats of a neighbour, or empty columns without formats."""
    tab = book.tab_of(range)
    dimension, start, end = range["dimension"], range["startIndex"], range["endIndex"]
    size = tab.row_count if dimension == "ROWS" else tab.column_count
    if not inheritFromBefore <= start < size + inheritFromBefore:
        raise ValueError(f"range.startIndex must be less than the grid size ({size})")
    book.insert(tab, dimension, start, end - start)
    neighbour = start - 1 if inheritFromBefore else end
    for (row, column), cell in list(tab.cells.items()):
        if dimension == "ROWS" and row == neighbour:
            for index in indexes(start, end):
                tab.write(index, column, replace(cell, value=None))


def append_dimension(book: Spreadsheet, *, sheetId: int, dimension: Dimension, length: int) -> None:
    tab = book.tab_of({"sheetId": sheetId})
    tab.grow(dimension, length)


def find_replace(book: Spreadsheet, *, sheetId: int, find: str, replacement: str) -> None:
    tab = book.tab_of({"sheetId": sheetId})
    for place, cell in list(tab.cells.items()):
        if isinstance(cell.value, str):
            tab.write(*place, replace(cell, value=cell.value.replace(find, replacement) or None))


def add_sheet(book: Spreadsheet, *, properties: Json) -> None:
    """Adds an empty tab behind all others."""
    sheet_id, title = properties["sheetId"], properties["title"]
    for tab in book.tabs:
        if tab.sheet_id == sheet_id or tab.title.casefold() == title.casefold():
            raise ValueError(f'A sheet with the id {sheet_id} or name "{title}" already exists.')
    tab = book.add_tab(title)
    tab.sheet_id = sheet_id
    for name, size in properties["gridProperties"].items():
        setattr(tab, SIZES[name], size)


def update_sheet_properties(book: Spreadsheet, *, properties: Json, fields: str) -> None:
    """Sets how many rows are frozen; no other property is emulated."""
    tab = book.tab_of(properties)
    if fields != "gridProperties.frozenRowCount":
        raise ValueError(f"Invalid field: {fields}")
    rows = properties["gridProperties"]["frozenRowCount"]
    if not 0 <= rows < tab.row_count:
        raise ValueError("You can't freeze all visible rows on the sheet.")
    tab.frozen_row_count = rows


def update_dimension_properties(
    book: Spreadsheet, *, range: Json, properties: Json, fields: str
) -> None:
    """Sets the widths of columns; no other property is emulated."""
    tab = book.tab_of(range)
    if (range["dimension"], fields) != ("COLUMNS", "pixelSize"):
        raise ValueError(f"Invalid field: {fields} of {range['dimension']}")
    if range["endIndex"] > tab.column_count:
        raise ValueError(f"Invalid range: columns up to {range['endIndex']} do not exist")
    for column in indexes(range["startIndex"], range["endIndex"]):
        tab.widths_pixels[column] = properties["pixelSize"]


def create_developer_metadata(book: Spreadsheet, *, developerMetadata: Json) -> None:
    """Adds metadata to a tab; that of rows, columns and the spreadsheet is not emulated."""
    book.tab_of(developerMetadata["location"]).metadata.append(developerMetadata)


def add_chart(book: Spreadsheet, *, chart: Json) -> None:
    """Adds a chart over a tab's cells, or in a new tab of its own."""
    chart_id, position = chart["chartId"], chart["position"]
    if any(chart_id in tab.charts for tab in book.tabs):
        raise ValueError(f"A chart with the id {chart_id} already exists.")
    spec = _pinned(book, chart["spec"])
    if position == {"newSheet": True}:
        tab = book.add_tab(f"Chart{len(book.tabs)}")
        tab.sheet_type = "OBJECT"
    else:
        anchor = position["overlayPosition"]["anchorCell"]
        tab = book.tab_of(anchor)
        tab.block({"startRowIndex": anchor["rowIndex"], "startColumnIndex": anchor["columnIndex"]})
    tab.charts[chart_id] = {"chartId": chart_id, "spec": spec, "position": position}


def update_chart_spec(book: Spreadsheet, *, chartId: int, spec: Json) -> None:
    """Replaces the whole spec of a chart: what the new one leaves out is lost."""
    book.tab_of_chart(chartId).charts[chartId] |= {"spec": _pinned(book, spec)}


def _pinned(book: Spreadsheet, spec: Json) -> Json:
    """Returns a spec whose ranges end where the grid ends now."""

    def pinned(series: Json, name: str) -> Json:
        sources = series[name]["sourceRange"]["sources"]
        closed = [book.tab_of(one).pinned(one) for one in sources]
        return series | {name: {"sourceRange": {"sources": closed}}}

    chart = spec["basicChart"]
    domains = [pinned(one, "domain") for one in chart["domains"]]
    series = [pinned(one, "series") for one in chart["series"]]
    return spec | {"basicChart": chart | {"domains": domains, "series": series}}


KINDS: dict[str, Callable[..., None]] = {
    "updateCells": update_cells,
    "repeatCell": repeat_cell,
    "insertDimension": insert_dimension,
    "appendDimension": append_dimension,
    "addSheet": add_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateDimensionProperties": update_dimension_properties,
    "addChart": add_chart,
    "updateChartSpec": update_chart_spec,
    "createDeveloperMetadata": create_developer_metadata,
    "findReplace": find_replace,
}
