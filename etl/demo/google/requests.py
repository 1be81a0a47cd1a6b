"""The emulated spreadsheets.batchUpdate: a function for each kind of request, with its refusals.

The parameters of a function are the fields of its request, so an unknown or missing field is
refused. Every error is a ValueError (or the KeyError of a missing field) that says what is wrong,
in Google's words where they are known; nothing is undone here. The look of a chart is not checked.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product

from etl.demo.google.cells import Json, change
from etl.demo.google.spreadsheet import Dimension, Spreadsheet, Tab

PROTECTED = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)
SIZES = {"rowCount": "row_count", "columnCount": "column_count"}
# The axis, and its field, that Google accepts and does not keep.
DROPPED = ("RIGHT_AXIS", "title")

# The requests' own field `range` hides the builtin in their functions.
indexes = range


def apply(book: Spreadsheet, requests: list[Json]) -> list[Json]:
    """Applies every request in order and returns the replies.

    Raises ValueError `Invalid requests[i].kind: ...` at the first bad one, which may leave `book`
    half changed: pass a copy.
    """
    if not requests:
        raise ValueError("Must specify at least one request.")
    return [_apply_one(book, number, request) for number, request in enumerate(requests)]


def _apply_one(book: Spreadsheet, number: int, request: Json) -> Json:
    [(kind, fields)] = request.items()
    if kind not in KINDS:
        raise ValueError(
            f"Invalid JSON payload received. Unknown name \"{kind}\" at 'requests[{number}]': "
            "Cannot find field."
        )
    try:
        bound = inspect.signature(KINDS[kind]).bind(book, **fields)
        reply = KINDS[kind](*bound.args, **bound.kwargs)
    except KeyError as error:
        raise ValueError(f"Invalid requests[{number}].{kind}: {error} is required") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"Invalid requests[{number}].{kind}: {error}") from error
    return {} if reply is None else {kind: reply}


def update_cells(
    book: Spreadsheet,
    *,
    fields: str,
    rows: list[Json] | None = None,
    range: Json | None = None,
    start: Json | None = None,
) -> None:
    """Writes rows from `start` on, or into `range`, whose cells without data are cleared."""
    tab, clear = book.tab_of(range or start or {}), change({}, fields)
    whole = tab.block_from(start) if start is not None else tab.block(range or {})
    data: list[list[Json]] = [row.get("values", []) for row in rows or []]
    needed = _needed(data, *whole)
    block = needed if start is not None else whole
    _require_editable(book, tab, block)
    for row, column in product(*block):
        line = data[row - block[0].start] if row < needed[0].stop else []
        index = column - block[1].start
        if index < len(line) and line[index]:
            tab.write(row, column, change(line[index], fields)(tab.cell(row, column)))
        elif start is None or index < len(line):
            tab.write(row, column, clear(tab.cell(row, column)))


def _needed(data: list[list[Json]], rows: range, columns: range) -> tuple[range, range]:
    """Returns the part of a block that the data fills. Raises ValueError for data beyond it."""
    width = max(map(len, data), default=0)
    for name, wanted, block in (("row", len(data), rows), ("column", width, columns)):
        if wanted > len(block):
            raise ValueError(
                f"Attempting to write {name}: {block.stop}, "
                f"beyond the last requested {name} of: {block.stop - 1}"
            )
    return rows[: len(data)], columns[:width]


def repeat_cell(book: Spreadsheet, *, range: Json, fields: str, cell: Json | None = None) -> None:
    tab = book.tab_of(range)
    block, changed = tab.block(range), change(cell or {}, fields)
    _require_editable(book, tab, block)
    for place in product(*block):
        tab.write(*place, changed(tab.cell(*place)))


def insert_dimension(book: Spreadsheet, *, range: Json, inheritFromBefore: bool = False) -> None:
    """Inserts empty rows with the formats of a neighbour, or empty columns without formats."""
    tab = book.tab_of(range)
    dimension, start, end = _span(tab, range)
    size = tab.row_count if dimension == "ROWS" else tab.column_count
    if inheritFromBefore and start == 0:
        raise ValueError("inheritFromBefore cannot be true at index 0")
    if start == size and not inheritFromBefore:
        raise ValueError(
            f"range.startIndex must be less than the grid size ({size}) "
            "if inheritFromBefore is false."
        )
    _require_editable(book, tab)
    book.insert(tab, dimension, start, end - start)
    neighbour = start - 1 if inheritFromBefore else end
    for (row, column), cell in list(tab.cells.items()):
        if dimension == "ROWS" and row == neighbour:
            for index in indexes(start, end):
                tab.write(index, column, replace(cell, value=None))


def append_dimension(
    book: Spreadsheet, *, dimension: Dimension, length: int, sheetId: int = 0
) -> None:
    tab = book.tab_of({"sheetId": sheetId})
    _require_editable(book, tab)
    tab.grow(dimension, length)


def find_replace(book: Spreadsheet, *, find: str, sheetId: int, replacement: str = "") -> Json:
    """Replaces `find` in a tab's text cells, ignoring case; the reply leaves a zero out."""
    tab, pattern = book.tab_of({"sheetId": sheetId}), re.compile(re.escape(find), re.IGNORECASE)
    changed = 0
    for place, cell in list(tab.cells.items()):
        if isinstance(cell.value, str):
            text, count = pattern.subn(lambda _: replacement, cell.value)
            tab.write(*place, replace(cell, value=text or None))
            changed += count
    return {"occurrencesChanged": changed} if changed else {}


def add_sheet(book: Spreadsheet, *, properties: Json) -> Json:
    """Adds an empty tab behind all others."""
    sheet_id, title = properties["sheetId"], properties["title"]
    if any(tab.title.casefold() == title.casefold() for tab in book.tabs):
        raise ValueError(
            f'A sheet with the name "{title}" already exists. Please enter another name.'
        )
    if any(tab.sheet_id == sheet_id for tab in book.tabs):
        raise ValueError(f"Sheet with id {sheet_id} already exists.")
    if not 0 <= sheet_id < 2**31:
        raise ValueError(f"Invalid sheet ID: {sheet_id}")
    tab = book.add_tab(title)
    tab.sheet_id = sheet_id
    for name, size in properties["gridProperties"].items():
        setattr(tab, SIZES[name], size)
    return {"properties": properties}


def update_sheet_properties(book: Spreadsheet, *, properties: Json, fields: str) -> None:
    """Sets how many rows are frozen; no other property is emulated."""
    tab = book.tab_of(properties, kind="sheet")
    _require_editable(book, tab)
    if fields != "gridProperties.frozenRowCount":
        raise ValueError(f"Invalid field: {fields}")
    rows = properties["gridProperties"]["frozenRowCount"]
    if not 0 <= rows < tab.row_count:
        raise ValueError("You can't freeze all visible rows on the sheet.")
    if any(merge["startRowIndex"] < rows < merge["endRowIndex"] for merge in tab.merges):
        raise ValueError("You can't freeze rows which contain only part of a merged cell.")
    tab.frozen_row_count = rows


def update_dimension_properties(
    book: Spreadsheet, *, range: Json, properties: Json, fields: str
) -> None:
    tab = book.tab_of(range)
    _require_editable(book, tab)
    dimension, start, end = _span(tab, range)
    if fields != "pixelSize":
        raise ValueError(f"Invalid field: {fields}")
    if end > (tab.row_count if dimension == "ROWS" else tab.column_count):
        raise ValueError(f"Invalid range: {dimension.lower()} up to {end} do not exist")
    pixels: int = properties["pixelSize"]
    tab.pixel_sizes |= {(dimension, index): pixels for index in indexes(start, end)}


def create_developer_metadata(book: Spreadsheet, *, developerMetadata: Json) -> Json:
    """Adds metadata to a tab; that of rows, columns and the spreadsheet is not emulated."""
    if not developerMetadata["metadataKey"]:
        raise ValueError("Developer metadata must always have a key specified.")
    number = max((number for tab in book.tabs for number in tab.metadata), default=0) + 1
    stored = developerMetadata | {"metadataId": number}
    book.tab_of(developerMetadata["location"]).metadata[number] = stored
    return {"developerMetadata": stored}


def add_chart(book: Spreadsheet, *, chart: Json) -> Json:
    """Adds a chart over a tab's cells, or in a new tab of its own."""
    chart_id = chart["chartId"]
    if any(chart_id in tab.charts for tab in book.tabs):
        raise ValueError(f"A chart with the id {chart_id} already exists.")
    spec = _kept_spec(book, chart["spec"])
    tab, position = _place(book, chart["position"])
    tab.charts[chart_id] = {"chartId": chart_id, "spec": spec, "position": position}
    return {"chart": tab.charts[chart_id]}


def update_chart_spec(book: Spreadsheet, *, chartId: int, spec: Json) -> None:
    """Replaces the whole spec of a chart: what the new one leaves out is lost."""
    for tab in book.tabs:
        if chartId in tab.charts:
            _require_editable(book, tab)
            tab.charts[chartId] |= {"spec": _kept_spec(book, spec)}
            return
    raise ValueError(f"No chart with id: {chartId}")


def _kept_spec(book: Spreadsheet, spec: Json) -> Json:
    """Returns a spec with pinned ranges and no title of the right axis, which Google drops."""
    chart = spec["basicChart"]
    axes = [
        {name: one for name, one in axis.items() if (axis["position"], name) != DROPPED}
        for axis in chart.get("axis", [])
    ]
    domains = [one | {"domain": _pinned(book, one["domain"])} for one in chart["domains"]]
    series = [one | {"series": _pinned(book, one["series"])} for one in chart["series"]]
    return spec | {"basicChart": chart | {"axis": axes, "domains": domains, "series": series}}


def _pinned(book: Spreadsheet, data: Json) -> Json:
    sources = [book.tab_of(one).pinned(one) for one in data["sourceRange"]["sources"]]
    return {"sourceRange": {"sources": sources}}


def _place(book: Spreadsheet, position: Json) -> tuple[Tab, Json]:
    if position == {"newSheet": True}:
        number = 1 + sum(tab.sheet_type == "OBJECT" for tab in book.tabs)
        tab = book.add_tab(f"Chart{number}")
        tab.sheet_type = "OBJECT"
        return tab, {"sheetId": tab.sheet_id}
    anchor = position["overlayPosition"]["anchorCell"]
    tab = book.tab_of(anchor)
    tab.block_from(anchor)
    _require_editable(book, tab)
    return tab, position


def _span(tab: Tab, dimension_range: Json) -> tuple[Dimension, int, int]:
    """Returns dimension, start and end of a DimensionRange; the end may lie outside the grid."""
    dimension: Dimension = dimension_range["dimension"]
    size = tab.row_count if dimension == "ROWS" else tab.column_count
    start, end = dimension_range["startIndex"], dimension_range["endIndex"]
    if not 0 <= start < end or start > size:
        raise ValueError(f"Invalid range: [{start}, {end}) of {size} {dimension.lower()}")
    return dimension, start, end


def may_edit(book: Spreadsheet, protected: Json) -> bool:
    return "warningOnly" in protected or book.account in protected["editors"]["users"]


def _require_editable(
    book: Spreadsheet, tab: Tab, block: tuple[range, range] | None = None
) -> None:
    """Raises ValueError if the block is protected; without a block, if the whole tab is."""
    for one in tab.protected_ranges:
        is_whole = "startRowIndex" not in one["range"]
        holes = one.get("unprotectedRanges", [])
        if may_edit(book, one) or (block is None and not is_whole):
            continue
        is_touched = block is None or _overlaps(tab.block(one["range"]), block)
        if is_touched and not (block and any(_contains(tab.block(hole), block) for hole in holes)):
            raise ValueError(PROTECTED)


def _overlaps(one: tuple[range, range], other: tuple[range, range]) -> bool:
    return all(max(a.start, b.start) < min(a.stop, b.stop) for a, b in zip(one, other, strict=True))


def _contains(outer: tuple[range, range], inner: tuple[range, range]) -> bool:
    return all(a.start <= b.start and b.stop <= a.stop for a, b in zip(outer, inner, strict=True))


KINDS: dict[str, Callable[..., Json | None]] = {
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
