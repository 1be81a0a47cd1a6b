"""Cells of an emulated spreadsheet, and how CellData with its field mask changes them.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells.
Every error is a ValueError that says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

EPOCH = date(1899, 12, 30)
FORMATS = {"numberFormat", "textFormat", "wrapStrategy", "verticalAlignment"}
FORMAT_TYPES = {
    "TEXT", "NUMBER", "PERCENT", "CURRENCY", "DATE", "TIME", "DATE_TIME", "SCIENTIFIC",
}  # fmt: skip
MAX_CHARACTERS = 50_000
VALUE_TYPES: dict[str, tuple[type, ...]] = {"numberValue": (int, float), "stringValue": (str,)}

Json = dict[str, Any]


@dataclass(frozen=True)
class Formula:
    text: str


@dataclass(frozen=True)
class NumberFormat:
    """A number format: `type` is the API's (DATE, NUMBER, ...); an empty pattern is the default."""

    type: str
    pattern: str = ""


Value = str | bool | int | float | Formula | None


@dataclass(frozen=True)
class Cell:
    """A cell; comparison ignores `style`, which is the rest of a CellFormat."""

    value: Value = None
    number_format: NumberFormat | None = None
    style: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def is_untouched(self) -> bool:
        return self.value is None and self.number_format is None and not self.style

    def plain(self) -> object:
        """Returns the value as a person reads it: a date for a number with a DATE format."""
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if is_number and self.number_format and self.number_format.type == "DATE":
            return EPOCH + timedelta(days=float(self.value))  # type: ignore[arg-type]
        return self.value


def cell_of(value: Value | date) -> Cell:
    """Returns a cell as a person would type it: a date is a serial number with the DATE format."""
    if isinstance(value, date):
        return Cell((value - EPOCH).days, NumberFormat("DATE"))
    return Cell(None if value == "" else value)


def change(data: Json, fields: str) -> Callable[[Cell], Cell]:
    """Returns a function that sets the masked fields of a cell, or clears those without data.

    `data` is a CellData. Masks are lists such as `userEnteredValue,userEnteredFormat.numberFormat`;
    Google's other ways to write one are not emulated.
    """
    masked = _formats(fields)
    given = data.get("userEnteredFormat", {})
    value, number_format = _value(data.get("userEnteredValue", {})), _number_format(given)
    style = {name: one for name, one in given.items() if name in masked - {"numberFormat"}}

    def changed(cell: Cell) -> Cell:
        kept = {name: one for name, one in cell.style.items() if name not in masked}
        return Cell(
            value if "userEnteredValue" in fields else cell.value,
            number_format if "numberFormat" in masked else cell.number_format,
            kept | style,
        )

    return changed


def _formats(fields: str) -> set[str]:
    """Returns the parts of a CellFormat that a mask names."""
    paths = {path.strip() for path in fields.split(",") if path.strip()}
    if not paths:
        raise ValueError("At least one field must be listed in 'fields'.")
    names = {path.removeprefix("userEnteredFormat.") for path in paths}
    for name in names - FORMATS - {"userEnteredValue", "userEnteredFormat"}:
        raise ValueError(f"Invalid field: {name}")
    return FORMATS if "userEnteredFormat" in names else names & FORMATS


def _value(extended: Json) -> Value:
    """Returns the number or text of an ExtendedValue, or None; as in JSON, TRUE is no number."""
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
