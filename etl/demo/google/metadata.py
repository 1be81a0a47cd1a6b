"""spreadsheets.get of the emulated Sheets API: what is known of a spreadsheet without its cells.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/get
"""

from __future__ import annotations

from collections.abc import Mapping

from etl.demo.google.limits import protected_range
from etl.demo.google.ranges import Json, answered
from etl.demo.google.spreadsheet import Spreadsheet
from etl.demo.google.tab import Tab
from etl.demo.google.tabs import tab_properties


def metadata(book: Spreadsheet, options: Mapping[str, str]) -> Json:
    """Every field that is emulated; what is empty is left out, as in all of Google's JSON."""
    if options.get("includeGridData", "false") != "false":
        raise ValueError("includeGridData is not emulated")
    if "fields" in options:
        raise ValueError("fields is not emulated: everything is answered")
    answer: Json = {"properties": {"title": book.title}}
    answer["sheets"] = [_sheet(book, tab) for tab in book.tabs]
    if book.named_ranges:
        answer["namedRanges"] = [
            {"namedRangeId": name, "name": name, "range": answered(grid_range)}
            for name, grid_range in book.named_ranges.items()
        ]
    return answer


def _sheet(book: Spreadsheet, tab: Tab) -> Json:
    parts: Json = {
        "merges": answered(tab.merges),
        "protectedRanges": [protected_range(book, one) for one in tab.protected_ranges],
        "basicFilter": answered(tab.basic_filter),
        "charts": answered([*tab.charts.values()]),
        "tables": [_table(table) for table in tab.tables],
        "developerMetadata": [*tab.metadata.values()],
    }
    kept = {name: part for name, part in parts.items() if part}
    return {"properties": tab_properties(book, tab), **kept}


def _table(table: Json) -> Json:
    """Its columns count from its own left edge."""
    left = table["range"]["startColumnIndex"]
    columns = [
        {
            "columnIndex": column["range"]["startColumnIndex"] - left,
            "columnName": column["columnName"],
            "columnType": column["columnType"],
        }
        for column in table["columns"]
    ]
    shown = {name: part for name, part in table.items() if name != "columns"}
    answer: Json = answered(shown | {"columnProperties": columns})
    return answer
