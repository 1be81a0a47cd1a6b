"""What a cell of an emulated spreadsheet holds: a value, and how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Formula:
    text: str


@dataclass(frozen=True)
class NumberFormat:
    """`type` as in the API (DATE, NUMBER, TEXT, ...); an empty pattern is the default one."""

    type: str
    pattern: str = ""


Value = str | bool | int | float | Formula | None


@dataclass(frozen=True)
class Cell:
    """Two cells are equal whatever their style (`textFormat.bold`, ...)."""

    value: Value = None
    number_format: NumberFormat | None = None
    style: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def is_untouched(self) -> bool:
        return self.value is None and self.number_format is None and not self.style

    def plain(self) -> object:
        """What a person means by the cell: a date for a number with a DATE format."""
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if is_number and self.number_format and self.number_format.type == "DATE":
            return EPOCH + timedelta(days=float(self.value))  # type: ignore[arg-type]
        return self.value

    def extended_value(self) -> dict[str, object]:
        """The API's ExtendedValue; it keeps TRUE and 1, text and formula apart."""
        match self.value:
            case None:
                return {}
            case bool():
                return {"boolValue": self.value}
            case int() | float():
                return {"numberValue": self.value}
            case str():
                return {"stringValue": self.value}
        return {"formulaValue": self.value.text}


EMPTY = Cell()


def cell_of(value: Value | date) -> Cell:
    """A cell as a person would leave it: plain, and for a date a serial with the DATE format."""
    if isinstance(value, date):
        return Cell((value - EPOCH).days, NumberFormat("DATE"))
    return Cell(None if value == "" else value)
