"""What cells are given by the requests of the emulated Sheets API: CellData and its field masks.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells.
Every error is a ValueError that says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable

from etl.demo.google.content import Cell, NumberFormat, Value
from etl.demo.google.ranges import Json

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
