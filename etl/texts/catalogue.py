"""Catalogues: all sentences of a language, from `en.toml` or `ru.toml`, with blanks to fill.

A blank takes a number, a day, a duration, or a noun in the form that a number needs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from math import floor, log10
from pathlib import Path
from string import Formatter
from typing import Any

from etl.models.errors import SettingProblem
from etl.models.notices import Notice
from etl.models.records import Reason
from etl.models.window import Window

FACT_CHARACTERS_AT_MOST = 300
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def _russian_form(count: float) -> int:
    """Returns the number of the form, 0 to 2; after a fraction it is the form that follows 2."""
    if count != int(count):
        return 1
    last, is_teen = count % 10, count % 100 in range(11, 15)
    if last == 1 and not is_teen:
        return 0
    return 1 if last in {2, 3, 4} and not is_teen else 2


# Plural rules of Unicode CLDR. Its library, Babel, would spare these lines and the names of months
# and weekdays, and costs 36 MB and 65 ms of every start.
PLURAL_RULES = {"en": lambda count: 0 if count == 1 else 1, "ru": _russian_form}


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language, and methods that write its numbers, dates and sentences.

    A field is a key of the sections `conventions` and `sheet` in its TOML file, or another section
    as a mapping; `letter` and `dashboard` include the section `labels`. `thousands` and `decimal`
    are separators. `months` and `weekdays` begin with January and Monday; `time_units` are hours,
    minutes, seconds. `gap` stands between a number and its noun. `short_day` is for `str.format`,
    with the blanks `weekday`, `day`, `month` and `month_name`. `days_of_notices` has a pattern
    for each day of a notice. The keys of `settings` are pydantic's error types and our own.
    """

    language: str
    date_format: str
    short_day: str
    thousands: str
    decimal: str
    months: Sequence[str]
    weekdays: Sequence[str]
    time_units: Sequence[str]
    gap: str
    sheet_header: Sequence[str]
    sheet_date_pattern: str
    chart_title: str
    chart_counts: str
    tasks_title: str
    tasks_header: Sequence[str]
    letter: Mapping[str, str]
    dashboard: Mapping[str, Any]
    stages: Mapping[str, str]
    reasons: Mapping[str, str]
    notices: Mapping[str, str]
    days_of_notices: Mapping[str, str]
    problems: Mapping[str, Mapping[str, str]]
    settings: Mapping[str, str]

    def notice(self, notice: Notice, facts: Mapping[str, Any]) -> str:
        if notice in self.days_of_notices and (days := facts.get("days")):
            lines = [self.fill(self.days_of_notices[notice], vars(day)) for day in days]
            facts = {"days": "; ".join(lines)}
        if settings := facts.get("settings"):
            faults = [self.setting(one) for one in settings]
            facts = {"settings": ". ".join(faults)}
        return self.fill(self.notices[notice], facts)

    def what_happened(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.fill(self.problems[problem]["what_happened"], _cut(facts))

    def what_to_do(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.fill(self.problems[problem]["what_to_do"], _cut(facts))

    def setting(self, problem: SettingProblem) -> str:
        """Returns a sentence on what is wrong with a setting, without quoting its value."""
        sentence = self.settings.get(problem.code, self.settings["invalid"])
        return f"{problem.variable}: {self.fill(sentence, _cut(problem.facts))}"

    def form_after(self, count: float) -> int:
        """Returns the index of the noun form that `count` needs, by Unicode CLDR's plural rules."""
        return PLURAL_RULES[self.language](count)

    def day(self, day: date) -> str:
        return day.strftime(self.date_format)

    def day_in_words(self, day: date) -> str:
        return f"{day.day} {self.months[day.month - 1]} {day.year}"

    def day_with_weekday(self, day: date) -> str:
        """Returns a day with its weekday as text that is short enough for a column on a phone."""
        return self.short_day.format(
            weekday=self.weekdays[day.weekday()],
            day=day.day,
            month=day.month,
            month_name=self.months[day.month - 1],
        )

    def days(self, window: Window, *, with_year: bool = True) -> str:
        """Returns the first and last day of `window` as text, such as 7–9 March 2026."""
        first, last = window.outer_days
        end = f"{last.day} {self.months[last.month - 1]}" + f" {last.year}" * with_year
        if first == last:
            return end
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{end}"
        year = f" {first.year}" * (with_year and first.year != last.year)
        return f"{first.day} {self.months[first.month - 1]}{year} – {end}"

    def number(self, value: float, decimals: int | None = None) -> str:
        """Returns a number as text; `decimals` None means 0 for an integer and 2 for a float."""
        if decimals is None:
            decimals = 2 if isinstance(value, float) else 0
        return self._localized(f"{value:,.{decimals}f}")

    def _short_number(self, value: float) -> str:
        """Returns a number whole, or with decimals up to three digits, without trailing zeros."""
        if value == int(value):
            return self.number(value, 0)
        decimals = max(1, 2 - floor(log10(abs(value))))
        return self._localized(f"{value:,.{decimals}f}".rstrip("0").rstrip("."))

    def _localized(self, digits: str) -> str:
        return digits.translate({ord(","): self.thousands, ord("."): self.decimal})

    def percent(self, value: float, decimals: int | None = None) -> str:
        return f"{self.number(value, decimals)}{NO_BREAK_SPACE}%"

    def seconds(self, seconds: float) -> str:
        """Returns a duration in seconds as text in its two largest units, such as 1 h 2 min."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        units = list(zip((hours, minutes, rest), self.time_units, strict=True))
        first = next((n for n, (count, _) in enumerate(units) if count), len(units) - 1)
        shown = [f"{n}{NO_BREAK_SPACE}{unit}" for n, unit in units[first : first + 2] if n]
        return " ".join(shown) or f"0{NO_BREAK_SPACE}{self.time_units[-1]}"

    def text(self, fact: object) -> str:
        """Returns a value (number, date, window, text, list of these) as the text for a blank."""
        match fact:
            case Reason():
                text = self.reasons[fact]
            case Mapping():
                pairs = (f"{self.text(key)} ({self.text(one)})" for key, one in fact.items())
                text = ", ".join(pairs)
            case int() | float():
                text = self._short_number(fact)
            case datetime():
                text = f"{self.day_in_words(fact)}, {fact:%H:%M}"
            case date():
                text = self.day_in_words(fact)
            case Window():
                text = self.days(fact)
            case Sequence() if not isinstance(fact, str):
                text = ", ".join(map(self.text, fact))
            case _:
                text = str(fact)
        return text

    def fill(self, sentence: str, facts: Mapping[str, object]) -> str:
        """Returns the sentence with its `{blanks}` filled from `facts` of the same names.

        `{count:attempt|attempts}` becomes the number `count` and its noun, such as 2 attempts.
        """
        return _Blanks(self).vformat(sentence, (), facts)


class _Blanks(Formatter):
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def format_field(self, value: Any, format_spec: str) -> str:
        text = self._catalogue.text(value)
        if not format_spec:
            return text
        forms = format_spec.split("|")
        return f"{text}{self._catalogue.gap}{forms[self._catalogue.form_after(value)]}"


@cache
def catalogue_of(language: str) -> Catalogue:
    """Returns the catalogue of `language`, `en` or `ru`, from its TOML file, which is read once."""
    with Path(__file__).with_name(f"{language}.toml").open("rb") as file:
        sections: dict[str, Any] = tomllib.load(file)
    fields = sections.pop("conventions") | sections.pop("sheet") | sections
    labels = fields.pop("labels")
    for section in ("letter", "dashboard"):
        fields[section] = labels | fields[section]
    return Catalogue(language=language, **fields)


def _cut(facts: Mapping[str, object]) -> dict[str, object]:
    """Returns the facts; each text is cut to 300 characters on one line, without a full stop."""
    bearable = dict(facts)
    for name, fact in facts.items():
        if isinstance(fact, str):
            line, limit = " ".join(fact.split()).removesuffix("."), FACT_CHARACTERS_AT_MOST
            bearable[name] = line if len(line) <= limit else f"{line[:limit]}…"
    return bearable
