"""spreadsheets.batchUpdate of the emulated Sheets API: the dispatch, and tabs.

A function's parameters are the fields of its request, so an unknown or missing field is refused.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from etl.demo.google import cells, charts
from etl.demo.google.fields import Json, span, tab_of
from etl.demo.google.spreadsheet import Spreadsheet, Tab

SIZES = {"rowCount": "row_count", "columnCount": "column_count"}
METADATA_FIELDS = {"metadataKey", "metadataValue", "location", "visibility"}


def apply(book: Spreadsheet, requests: list[Json]) -> list[Json]:
    """Apply every request in order and return the replies.

    ValueError `Invalid requests[i].kind: ...` at the first bad one, which may leave `book` half
    changed: give it a copy.
    """
    if not requests:
        raise ValueError("Must specify at least one request.")
    return [_apply_one(book, number, request) for number, request in enumerate(requests)]


def _apply_one(book: Spreadsheet, number: int, request: Json) -> Json:
    if len(request) != 1:
        raise ValueError(f"Invalid requests[{number}]: exactly one kind of request must be set")
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


def tab_properties(book: Spreadsheet, tab: Tab) -> Json:
    """SheetProperties; as in all of Google's JSON, a frozenRowCount of zero is left out."""
    properties: Json = {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": [other.sheet_id for other in book.tabs].index(tab.sheet_id),
        "sheetType": tab.sheet_type,
    }
    if tab.sheet_type == "GRID":
        grid = {"rowCount": tab.row_count, "columnCount": tab.column_count}
        frozen = {"frozenRowCount": tab.frozen_row_count} if tab.frozen_row_count else {}
        properties["gridProperties"] = grid | frozen
    return properties


def add_sheet(book: Spreadsheet, *, properties: Json) -> Json:
    """An empty tab behind all others."""
    if unknown := {*properties} - {"sheetId", "title", "gridProperties"}:
        raise ValueError(f"Invalid field: {', '.join(unknown)}")
    title, sheet_id = properties["title"], properties["sheetId"]
    if any(tab.title.casefold() == title.casefold() for tab in book.tabs):
        raise ValueError(
            f'A sheet with the name "{title}" already exists. Please enter another name.'
        )
    if any(tab.sheet_id == sheet_id for tab in book.tabs):
        raise ValueError(f"Invalid sheet ID: {sheet_id} already exists.")
    if not 0 <= sheet_id < 2**31:
        raise ValueError(f"Invalid sheet ID: {sheet_id}")
    tab = book.add_tab(title)
    tab.sheet_id = sheet_id
    for name, size in properties["gridProperties"].items():
        if name not in SIZES or size < 1:
            raise ValueError(f"Invalid gridProperties.{name}: {size}")
        setattr(tab, SIZES[name], size)
    return {"properties": tab_properties(book, tab)}


def update_sheet_properties(book: Spreadsheet, *, properties: Json, fields: str) -> None:
    """Only how many rows are frozen."""
    if fields != "gridProperties.frozenRowCount":
        raise ValueError(f"Invalid field: {fields}")
    tab, count = tab_of(book, properties), properties["gridProperties"]["frozenRowCount"]
    if not 0 <= count < tab.row_count:
        raise ValueError("You can't freeze all visible rows on the sheet.")
    tab.frozen_row_count = count


def update_dimension_properties(
    book: Spreadsheet, *, range: Json, properties: Json, fields: str
) -> None:
    tab = tab_of(book, range)
    dimension, start, end = span(tab, range)
    if fields != "pixelSize":
        raise ValueError(f"Invalid field: {fields}")
    if end > (tab.row_count if dimension == "ROWS" else tab.column_count):
        raise ValueError(f"Invalid range: {dimension.lower()} up to {end} do not exist")
    pixels: int = properties["pixelSize"]
    if isinstance(pixels, bool) or not isinstance(pixels, int) or pixels < 0:
        raise ValueError(f"Invalid pixelSize: {pixels}")
    tab.pixel_sizes |= {(dimension, index): pixels for index in cells.indexes(start, end)}


def create_developer_metadata(book: Spreadsheet, *, developerMetadata: Json) -> Json:
    """Only metadata of a tab; that of rows, columns and the spreadsheet is not emulated."""
    location = developerMetadata["location"]
    if {*location} != {"sheetId"}:
        raise ValueError("exactly one location must be set")
    if not developerMetadata["metadataKey"]:
        raise ValueError("Developer metadata must always have a key specified.")
    if developerMetadata["visibility"] not in ("DOCUMENT", "PROJECT"):
        raise ValueError(f"Invalid visibility: {developerMetadata['visibility']}")
    taken = {number for tab in book.tabs for number in tab.metadata}
    number = max(taken, default=0) + 1
    if unknown := {*developerMetadata} - METADATA_FIELDS:
        raise ValueError(f"Invalid field: {', '.join(unknown)}")
    stored = developerMetadata | {
        "metadataId": number,
        "location": {"locationType": "SHEET", **location},
    }
    tab_of(book, location).metadata[number] = stored
    return {"developerMetadata": stored}


KINDS: dict[str, Callable[..., Json | None]] = {
    "updateCells": cells.update_cells,
    "repeatCell": cells.repeat_cell,
    "insertDimension": cells.insert_dimension,
    "appendDimension": cells.append_dimension,
    "addSheet": add_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateDimensionProperties": update_dimension_properties,
    "addChart": charts.add_chart,
    "createDeveloperMetadata": create_developer_metadata,
    "findReplace": cells.find_replace,
}
