"""The requests of spreadsheets.batchUpdate that make tabs, and change what is about them.

A function's parameters are the fields of its request. Every error is a ValueError (or the KeyError
of a missing field) that says what is wrong; nothing is undone here.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from etl.demo.google.limits import require_editable_tab, require_room
from etl.demo.google.places import span, tab_of
from etl.demo.google.ranges import Json
from etl.demo.google.spreadsheet import Spreadsheet, Tab

SIZES = {"rowCount": "row_count", "columnCount": "column_count"}
MAX_TITLE_CHARACTERS = 100
METADATA_FIELDS = {"metadataKey", "metadataValue", "location", "visibility"}

# The request's own field `range` hides the builtin in its function.
indexes = range


def tab_properties(book: Spreadsheet, tab: Tab) -> Json:
    """SheetProperties; as in all of Google's JSON, what is zero or false is left out."""
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
    return properties | ({"hidden": True} if tab.hidden else {})


def add_sheet(book: Spreadsheet, *, properties: Json) -> Json:
    """An empty tab behind all others."""
    if unknown := {*properties} - {"sheetId", "title", "gridProperties"}:
        raise ValueError(f"Invalid field: {', '.join(unknown)}")
    sheet_id = properties["sheetId"]
    _require_title(book, properties["title"])
    if any(tab.sheet_id == sheet_id for tab in book.tabs):
        raise ValueError(f"Sheet with id {sheet_id} already exists.")
    if not 0 <= sheet_id < 2**31:
        raise ValueError(f"Invalid sheet ID: {sheet_id}")
    tab = book.add_tab(properties["title"])
    tab.sheet_id = sheet_id
    for name, size in properties["gridProperties"].items():
        if name not in SIZES or size < 1:
            raise ValueError(f"Invalid gridProperties.{name}: {size}")
        setattr(tab, SIZES[name], size)
    require_room(book, tab)
    return {"properties": tab_properties(book, tab)}


def _require_title(book: Spreadsheet, title: str) -> None:
    if not title:  # in our words: Google's are not known
        raise ValueError("The sheet name cannot be empty.")
    if len(title) > MAX_TITLE_CHARACTERS:
        raise ValueError(
            f"The sheet name cannot be greater than {MAX_TITLE_CHARACTERS} characters."
        )
    if any(tab.title.casefold() == title.casefold() for tab in book.tabs):
        raise ValueError(
            f'A sheet with the name "{title}" already exists. Please enter another name.'
        )


def update_sheet_properties(book: Spreadsheet, *, properties: Json, fields: str) -> None:
    """Only how many rows are frozen, and the tab's place."""
    tab = tab_of(book, properties, kind="sheet")
    require_editable_tab(book, tab)
    match fields:
        case "gridProperties.frozenRowCount":
            _freeze(tab, properties["gridProperties"]["frozenRowCount"])
        case "index":
            _move(book, tab, properties["index"])
        case _:
            raise ValueError(f"Invalid field: {fields}")


def _freeze(tab: Tab, rows: int) -> None:
    if not 0 <= rows < tab.row_count:
        raise ValueError("You can't freeze all visible rows on the sheet.")
    if any(merge["startRowIndex"] < rows < merge["endRowIndex"] for merge in tab.merges):
        raise ValueError("You can't freeze rows which contain only part of a merged cell.")
    tab.frozen_row_count = rows


def _move(book: Spreadsheet, tab: Tab, index: int) -> None:
    """The place counts before the move: the first of three tabs moves behind the second by 2."""
    if not 0 <= index <= len(book.tabs):
        raise ValueError(f"Invalid index: {index}")
    before = [other for other in book.tabs[:index] if other is not tab]
    after = [other for other in book.tabs[index:] if other is not tab]
    book.tabs = [*before, tab, *after]


def update_dimension_properties(
    book: Spreadsheet, *, range: Json, properties: Json, fields: str
) -> None:
    tab = tab_of(book, range)
    require_editable_tab(book, tab)
    dimension, start, end = span(tab, range)
    if fields != "pixelSize":
        raise ValueError(f"Invalid field: {fields}")
    if end > (tab.row_count if dimension == "ROWS" else tab.column_count):
        raise ValueError(f"Invalid range: {dimension.lower()} up to {end} do not exist")
    pixels: int = properties["pixelSize"]
    if isinstance(pixels, bool) or not isinstance(pixels, int) or pixels < 0:
        raise ValueError(f"Invalid pixelSize: {pixels}")
    tab.pixel_sizes |= {(dimension, index): pixels for index in indexes(start, end)}


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
