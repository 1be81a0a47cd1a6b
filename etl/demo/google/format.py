"""What a cell shows and what typed text becomes, in the spreadsheet's locale.

Source: https://developers.google.com/workspace/sheets/api/guides/formats and the pages of
ValueRenderOption, DateTimeRenderOption and ValueInputOption. Formulas show as their own text,
because nothing is calculated here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from etl.demo.google.content import EPOCH, Cell, Formula, NumberFormat, Value

DATE_TYPES = ("DATE", "DATE_TIME", "TIME")
NUMBER_PATTERNS = {"NUMBER": "#,##0.00", "PERCENT": "0.00%", "CURRENCY": "#,##0.00"}
_DATE_TOKEN = re.compile(r'"[^"]*"|y+|m+|d+|h+|s+', re.IGNORECASE)
_ISO_DATE = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")


@dataclass(frozen=True)
class Locale:
    decimal: str
    group: str
    date_pattern: str
    typed_date: re.Pattern[str]


LOCALES = {
    "ru_RU": Locale(
        ",",
        "\N{NO-BREAK SPACE}",
        "dd.mm.yyyy",
        re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
    ),
    "en_US": Locale(
        ".",
        ",",
        "m/d/yyyy",
        re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})"),
    ),
}


def render(cell: Cell, locale_name: str, value_option: str, date_option: str) -> object:
    """A cell as the values endpoints answer it: a str, int, float or bool; an empty one is ''."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, str):
        return value
    if value_option == "FORMATTED_VALUE":
        return formatted(cell, locale_name)
    is_date = cell.number_format is not None and cell.number_format.type in DATE_TYPES
    if is_date and value_option == "UNFORMATTED_VALUE" and date_option == "FORMATTED_STRING":
        return formatted(cell, locale_name)
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value


def formatted(cell: Cell, locale_name: str) -> str:
    """A number or truth value as the screen shows it."""
    locale, value = LOCALES[locale_name], cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    kind = cell.number_format or NumberFormat("AUTOMATIC")
    if kind.type in DATE_TYPES:
        return _formatted_date(value, kind.pattern or locale.date_pattern)
    pattern = kind.pattern or NUMBER_PATTERNS.get(kind.type, "")
    if "0" in pattern:
        return _formatted_number(value, pattern, locale)
    return f"{value:.15g}".replace(".", locale.decimal)


def _formatted_number(value: float, pattern: str, locale: Locale) -> str:
    sign = "%" if "%" in pattern else ""
    _, _, fraction = pattern.partition(".")
    places = fraction.count("0")
    grouping = "," if "," in pattern else ""
    text = f"{value * (100 if sign else 1):{grouping}.{places}f}"
    symbols = {",": locale.group, ".": locale.decimal}
    return "".join(symbols.get(letter, letter) for letter in text) + sign


def _formatted_date(serial: float, pattern: str) -> str:
    moment = datetime.combine(EPOCH, time()) + timedelta(days=serial)
    # `mm` is the month, but the minute right after hours: HH:mm.
    previous = ""

    def shown(match: re.Match[str]) -> str:
        nonlocal previous
        token = match.group().lower()
        if token.startswith('"'):
            return match.group()[1:-1]
        units = {
            "y": moment.year, "d": moment.day, "h": moment.hour, "s": moment.second,
            "m": moment.minute if previous == "h" else moment.month,
        }  # fmt: skip
        previous = token[0]
        if token == "yy":
            return f"{moment.year % 100:02}"
        return f"{units[token[0]]:0{len(token)}}"

    return _DATE_TOKEN.sub(shown, pattern)


def enter(value: object, before: Cell, locale_name: str, input_option: str) -> Cell:
    """The cell that `value` of a values request leaves where `before` was.

    RAW keeps text as text. USER_ENTERED reads it as the screen would. None skips the cell and
    '' clears its value; the cell's own number format survives both.
    """
    if value is None:
        return before
    if isinstance(value, bool | int | float):
        return replace(before, value=value)
    if not isinstance(value, str):
        raise ValueError(f"Invalid values: {type(value).__name__}")
    if value == "":
        return replace(before, value=None)
    is_text_cell = before.number_format is not None and before.number_format.type == "TEXT"
    if input_option == "RAW" or is_text_cell:
        return replace(before, value=value)
    entered, number_format = _typed(value, LOCALES[locale_name])
    return replace(before, value=entered, number_format=before.number_format or number_format)


def _typed(text: str, locale: Locale) -> tuple[Value, NumberFormat | None]:
    if text.startswith("=") and len(text) > 1:
        return Formula(text), None
    if text.startswith("'"):
        return text[1:], None
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE", None
    number = re.fullmatch(rf"([+-]?\d+)(?:{re.escape(locale.decimal)}(\d+))?(%?)", text.strip())
    if number:
        whole, fraction, percent = number.groups()
        parsed = float(f"{whole}.{fraction}") if fraction else int(whole)
        return (parsed / 100, NumberFormat("PERCENT", "0.00%")) if percent else (parsed, None)
    for pattern, form in (("yyyy-mm-dd", _ISO_DATE), (locale.date_pattern, locale.typed_date)):
        serial = _serial(form.fullmatch(text.strip()))
        if serial is not None:
            return serial, NumberFormat("DATE", pattern)
    return text, None


def _serial(match: re.Match[str] | None) -> int | None:
    if not match:
        return None
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None  # 30.02.2025 stays the text that it is
    return (day - EPOCH).days
