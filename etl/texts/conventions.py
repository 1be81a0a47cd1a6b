"""How a language writes numbers, days, spans of time, and a noun after a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from etl.models.window import Window

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Conventions:
    """`months` and `weekdays` begin with January and Monday; `time_units` are hours to seconds.

    `gap` stands between a number and its noun; `form_after` is the index of the noun's form that
    follows a number. `short_day` has the blanks `weekday`, `day`, `month` and `month_name`.
    """

    language: str
    date_format: str
    short_day: str
    thousands: str
    decimal: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    time_units: tuple[str, str, str]
    gap: str
    form_after: Callable[[int], int]

    def day(self, day: date) -> str:
        return day.strftime(self.date_format)

    def day_in_words(self, day: date, *, with_year: bool = True) -> str:
        return f"{day.day} {self.months[day.month - 1]}" + f" {day.year}" * with_year

    def day_with_weekday(self, day: date) -> str:
        """Short enough for a column on a phone."""
        return self.short_day.format(
            weekday=self.weekdays[day.weekday()],
            day=day.day,
            month=day.month,
            month_name=self.months[day.month - 1],
        )

    def days(self, window: Window, *, with_year: bool = True) -> str:
        """The window's days for people, who include the last one: 7–9 March 2026."""
        first, last = window.days()[0], window.days()[-1]
        end = self.day_in_words(last, with_year=with_year)
        if first == last:
            return end
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{end}"
        begin = self.day_in_words(first, with_year=with_year and first.year != last.year)
        return f"{begin} – {end}"

    def number(self, value: float, decimals: int | None = None) -> str:
        """As many decimals as asked for; else none for an integer, and two for other numbers."""
        if decimals is None:
            decimals = 2 if isinstance(value, float) else 0
        digits = f"{value:,.{decimals}f}"
        return digits.translate({ord(","): self.thousands, ord("."): self.decimal})

    def percent(self, value: float, decimals: int | None = None) -> str:
        return f"{self.number(value, decimals)}{NO_BREAK_SPACE}%"

    def seconds(self, seconds: float) -> str:
        """The two largest units that there are: 1 h 2 min."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        units = list(zip((hours, minutes, rest), self.time_units, strict=True))
        first = next((n for n, (count, _) in enumerate(units) if count), len(units) - 1)
        shown = [f"{n}{NO_BREAK_SPACE}{unit}" for n, unit in units[first : first + 2] if n]
        return " ".join(shown) or f"0{NO_BREAK_SPACE}{self.time_units[-1]}"

    def text(self, fact: object) -> str:
        """A fact as it stands in a sentence; commas separate several."""
        match fact:
            case int() | float():
                return self.number(fact, 0 if fact == int(fact) else 1 if abs(fact) >= 1 else 2)
            case datetime():
                return f"{self.day_in_words(fact)}, {fact:%H:%M %Z}".rstrip()
            case date():
                return self.day_in_words(fact)
            case Window():
                return self.days(fact)
            case str():
                return fact
            case Mapping():
                pairs = fact.items()
                return ", ".join(f"{self.text(key)}: {self.text(value)}" for key, value in pairs)
            case Sequence():
                return ", ".join(map(self.text, fact))
        return str(fact)

    def fill(self, sentence: str, facts: Mapping[str, object]) -> str:
        """Fills `{blanks}`; `{count:attempt|attempts}` is a number and the right form after it."""
        return _Blanks(self).vformat(sentence, (), facts)


class _Blanks(Formatter):
    def __init__(self, conventions: Conventions) -> None:
        self._conventions = conventions

    def format_field(self, value: Any, format_spec: str) -> str:
        text = self._conventions.text(value)
        if not format_spec:
            return text
        forms = format_spec.split("|")
        return f"{text}{self._conventions.gap}{forms[self._conventions.form_after(value)]}"
