"""What a language has to say: one record, so that no language can lack a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from etl.errors import Problem
from etl.models import Reason, Stage
from etl.reports import Notice
from etl.texts.dashboard_words import DashboardWords
from etl.windows import Window

FACT_CHARACTERS_AT_MOST = 300


@dataclass(frozen=True)
class Sentences:
    """Of a problem: what happened and what is known; what to do about it. Blanks are `{names}`."""

    what: str
    mend: str


@dataclass(frozen=True)
class Words:
    """Labels and short sentences of the letter."""

    title: str
    new_attempts: Callable[[int], str]
    failed: str
    verdict_done: str
    verdict_attention: str
    verdict_failed: str
    window: str
    what_to_do: str
    what_is_safe: str
    safe_stored: str
    safe_nothing: str
    safe_loaded: str
    safe_by_hand: str
    safe_untouched: str
    details: str
    to_look_at: str
    counts_title: str
    received: str
    inserted: str
    duplicates: str
    conflicting: str
    rejected: str
    out_of_window: str
    reasons_title: str
    days_title: str
    more_days: str
    reconciled: str
    sheet: str
    dashboard: str
    sheet_changes: str
    duration: str
    waited: str
    started: str


@dataclass(frozen=True)
class Catalogue:
    """One language."""

    language: str
    sheet_header: tuple[str, ...]
    sheet_date_pattern: str
    date_format: str
    thousands: str
    decimal: str
    words: Words
    dashboard: DashboardWords
    stages: Mapping[Stage, str]
    reasons: Mapping[Reason, str]
    notices: Mapping[Notice, str]
    problems: Mapping[Problem, Sentences]
    setting_problems: Mapping[str, str]

    def day(self, day: date) -> str:
        return day.strftime(self.date_format)

    def days(self, window: Window) -> str:
        """The window's days for people, who include the last one."""
        first, *_, last = [*window.days(), window.days()[-1]]
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def number(self, value: float) -> str:
        digits = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
        return digits.translate({ord(","): self.thousands, ord("."): self.decimal})

    def seconds(self, seconds: float) -> str:
        return str(timedelta(seconds=round(seconds)))

    def what(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.problems[Problem(problem)].what.format_map(cut(facts))

    def mend(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.problems[Problem(problem)].mend.format_map(cut(facts))

    def setting(self, variable: str, code: str, facts: Mapping[str, object]) -> str:
        """A sentence on one setting, never its value; unknown codes get the general one."""
        sentence = self.setting_problems.get(code, self.setting_problems["invalid"])
        return f"{variable}: {sentence.format_map(cut(facts))}"


def cut(facts: Mapping[str, object]) -> dict[str, str]:
    """Facts on one line and of bearable length: some come from servers."""
    lines = {name: " ".join(str(value).split()) for name, value in facts.items()}
    return {
        name: line if len(line) <= FACT_CHARACTERS_AT_MOST else f"{line[:FACT_CHARACTERS_AT_MOST]}…"
        for name, line in lines.items()
    }
