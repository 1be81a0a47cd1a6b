"""spreadsheets.batchUpdate of the emulated Sheets API: the dispatch.

A function's parameters are the fields of its request, so an unknown or missing field is refused.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from etl.demo.google import cells, charts, tabs
from etl.demo.google.ranges import Json
from etl.demo.google.spreadsheet import Spreadsheet


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


KINDS: dict[str, Callable[..., Json | None]] = {
    "updateCells": cells.update_cells,
    "repeatCell": cells.repeat_cell,
    "insertDimension": cells.insert_dimension,
    "appendDimension": cells.append_dimension,
    "addSheet": tabs.add_sheet,
    "updateSheetProperties": tabs.update_sheet_properties,
    "updateDimensionProperties": tabs.update_dimension_properties,
    "addChart": charts.add_chart,
    "updateChartSpec": charts.update_chart_spec,
    "createDeveloperMetadata": tabs.create_developer_metadata,
    "findReplace": cells.find_replace,
}
