"""The parts that the requests of the emulated Sheets API have in common, read and checked.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other
(GridRange, DimensionRange, FieldMask) and .../spreadsheets/cells (CellData). Every error is a
ValueError that says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable

from etl.demo.google.content import Cell, NumberFormat, Value
from etl.demo.google.ranges import Dimension, Json, a1_of
from etl.demo.google.spreadsheet import Spreadsheet, Tab

FORMAT_TYPES = {
    "TEXT", "NUMBER", "PERCENT", "CURRENCY", "DATE", "TIME", "DATE_TIME", "SCIENTIFIC",
}  # fmt: skip
TEXT = "textFormat"
STYLES: dict[str, tuple[object, ...]] = {
    f"{TEXT}.bold": (True, False),
    "wrapStrategy": ("OVERFLOW_CELL", "LEGACY_WRAP", "CLIP", "WRAP"),
    "verticalAlignment": ("TOP", "MIDDLE", "BOTTOM"),
}
NUMBER_FORMAT = "userEnteredFormat.numberFormat"
PATHS = (
    "userEnteredValue",
    NUMBER_FORMAT,
    *(f"userEnteredFormat.{name}" for name in STYLES),
)
MAX_CHARACTERS = 50_000
VALUE_TYPES: dict[str, tuple[type, ...]] = {"numberValue": (int, float), "stringValue": (str,)}


def tab_of(book: Spreadsheet, place: Json, kind: str = "grid") -> Tab:
    """The tab that a GridRange, GridCoordinate or DimensionRange names; 0 when it names none.

    Google calls it a grid where its cells are asked for, and else a sheet.
    """
    for tab in book.tabs:
        if tab.sheet_id == place.get("sheetId", 0):
            return tab
    raise ValueError(f"No {kind} with id: {place.get('sheetId', 0)}")


def whole_block(tab: Tab, grid_range: Json) -> tuple[range, range]:
    """Rows and columns of a GridRange; where it has no end, or a later one, the grid's end counts.

    Google refuses a range only when it starts outside of the grid.
    """
    rows, columns = (
        range(
            grid_range.get(f"start{kind}Index", 0),
            min(grid_range.get(f"end{kind}Index", size), size),
        )
        for kind, size in (("Row", tab.row_count), ("Column", tab.column_count))
    )
    if not (0 <= rows.start < tab.row_count and 0 <= columns.start < tab.column_count):
        raise ValueError(
            f"Range ({a1_of(tab.title, grid_range)}) exceeds grid limits. "
            f"Max rows: {tab.row_count}, max columns: {tab.column_count}"
        )
    return rows, columns


def block_from(tab: Tab, place: Json) -> tuple[range, range]:
    """Rows and columns from a GridCoordinate to the end of the grid."""
    sides = {"row": tab.row_count, "column": tab.column_count}
    for kind, size in sides.items():
        if not 0 <= (index := place.get(f"{kind}Index", 0)) < size:
            raise ValueError(
                f"GridCoordinate.{kind}Index[{index}] is after last {kind} in grid[{tab.sheet_id}]"
            )
    rows, columns = (range(place.get(f"{kind}Index", 0), size) for kind, size in sides.items())
    return rows, columns


def pinned(tab: Tab, grid_range: Json) -> Json:
    """A range without open ends: Google keeps the grid's size at that moment in their place."""
    rows, columns = whole_block(tab, grid_range)
    return {
        "sheetId": tab.sheet_id,
        "startRowIndex": rows.start,
        "endRowIndex": rows.stop,
        "startColumnIndex": columns.start,
        "endColumnIndex": columns.stop,
    }


def span(tab: Tab, dimension_range: Json) -> tuple[Dimension, int, int]:
    """Dimension, start and end of a DimensionRange; the end may lie outside the grid."""
    dimension = dimension_range["dimension"]
    if dimension not in ("ROWS", "COLUMNS"):
        raise ValueError(f"Invalid dimension: {dimension}")
    size = tab.row_count if dimension == "ROWS" else tab.column_count
    start, end = dimension_range.get("startIndex", 0), dimension_range.get("endIndex", size)
    if not 0 <= start < end or start > size:
        raise ValueError(f"Invalid range: [{start}, {end}) of {size} {dimension.lower()}")
    return dimension, start, end


def field_mask(fields: str) -> set[str]:
    """The paths of a mask such as `a,b.c`; Google's other ways to write one are not emulated."""
    paths = {path.strip() for path in fields.split(",") if path.strip()}
    if not paths:
        raise ValueError("At least one field must be listed in 'fields'.")
    return paths


def covers(mask: set[str], path: str) -> bool:
    return any(f"{path}.".startswith(f"{masked}.") for masked in mask)


def change(data: Json, mask: set[str]) -> Callable[[Cell], Cell]:
    """What the masked fields of a CellData make of a cell; a field without data is cleared."""
    if unknown := {*data} - {"userEnteredValue", "userEnteredFormat"}:
        raise ValueError(f"Invalid field: {', '.join(unknown)}")
    paths = {path for path in PATHS if covers(mask, path)}
    for masked in mask:
        if not any(covers({masked}, path) for path in PATHS):
            raise ValueError(f"Invalid field: {masked}")
    given = data.get("userEnteredFormat") or {}
    value, number_format = _value(data.get("userEnteredValue") or {}), _number_format(given)
    covered = {name for name in STYLES if f"userEnteredFormat.{name}" in paths}
    style = {name: one for name, one in read_style(given).items() if name in covered}

    def changed(cell: Cell) -> Cell:
        kept = {name: one for name, one in cell.style.items() if name not in covered}
        return Cell(
            value if "userEnteredValue" in paths else cell.value,
            number_format if NUMBER_FORMAT in paths else cell.number_format,
            kept | style,
        )

    return changed


def read_style(cell_format: Json) -> Json:
    """A CellFormat without its number format, by paths; ValueError for what is not emulated."""
    flat: Json = {}
    for name, value in cell_format.items():
        inner = {f"{name}.{key}": part for key, part in value.items()} if name == TEXT else {}
        flat |= inner or {name: value}
    flat.pop("numberFormat", None)
    for path, value in flat.items():
        if path not in STYLES or value not in STYLES[path]:
            raise ValueError(f"Invalid value at 'user_entered_format.{path}': {value}")
    return flat


def _value(extended: Json) -> Value:
    if not extended:
        return None
    [(kind, value)] = extended.items()
    if isinstance(value, bool) or not isinstance(value, VALUE_TYPES.get(kind, ())):
        raise ValueError(f"Invalid value at 'user_entered_value': {kind}")
    checked: Value = extended[kind]
    if isinstance(checked, str) and len(checked) > MAX_CHARACTERS:
        raise ValueError(
            f"Your input contains more than the maximum of {MAX_CHARACTERS} characters "
            "in a single cell."
        )
    return None if value == "" else checked


def _number_format(cell_format: Json) -> NumberFormat | None:
    given = cell_format.get("numberFormat")
    if not given:
        return None
    if given.get("type") not in FORMAT_TYPES:
        raise ValueError(f"Invalid value at 'number_format.type': {given.get('type')}")
    return NumberFormat(given["type"], given.get("pattern", ""))
