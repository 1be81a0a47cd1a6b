"""What a language has to say: one record, so that no language can lack a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from etl.models.errors import Problem, Stage
from etl.models.notices import Notice
from etl.models.records import Reason
from etl.texts.conventions import Conventions
from etl.texts.words import DashboardWords, Words

FACT_CHARACTERS_AT_MOST = 300


@dataclass(frozen=True)
class Sentences:
    """About a problem. Blanks are those of `Conventions.fill`."""

    what_happened: str
    what_to_do: str


@dataclass(frozen=True)
class Catalogue(Conventions):
    """One language.

    `days_of_notices` has a sentence for each day, for the notices that need one. `causes` translates
    the short English texts with which the operating system and our own checks name a cause.
    """

    sheet_header: tuple[str, ...]
    sheet_date_pattern: str
    chart_title: str
    chart_counts: str
    tasks_title: str
    tasks_header: tuple[str, ...]
    words: Words
    dashboard: DashboardWords
    stages: Mapping[Stage, str]
    reasons: Mapping[Reason, str]
    notices: Mapping[Notice, str]
    days_of_notices: Mapping[Notice, str]
    causes: Mapping[str, str]
    problems: Mapping[Problem, Sentences]
    setting_problems: Mapping[str, str]

    def notice(self, notice: Notice, facts: Mapping[str, Any]) -> str:
        if notice in self.days_of_notices and (days := facts.get("days")):
            lines = [self.fill(self.days_of_notices[notice], vars(day)) for day in days]
            facts = {"days": "; ".join(lines)}
        return self.fill(self.notices[notice], facts)

    def what_happened(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.fill(self.problems[Problem(problem)].what_happened, cut(facts))

    def what_to_do(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.fill(self.problems[Problem(problem)].what_to_do, cut(facts))

    def setting(self, variable: str, code: str, facts: Mapping[str, object]) -> str:
        """A sentence on one setting, never its value; unknown codes get the general one."""
        sentence = self.setting_problems.get(code, self.setting_problems["invalid"])
        return f"{variable}: {self.fill(sentence, cut(facts))}"

    def text(self, fact: object) -> str:
        match fact:
            case Reason():
                return self.reasons[fact]
            case Mapping():
                return ", ".join(
                    f"{self.text(key)} ({self.text(one)})" for key, one in fact.items()
                )
            case str():
                return self._cause(fact)
        return super().text(fact)

    def _cause(self, text: str) -> str:
        """As it came where it is not known."""
        if text in self.causes:
            return self.causes[text]
        for known, words in self.causes.items():
            pattern = "(.+)".join(map(re.escape, known.split("{}")))
            if "{}" in known and (found := re.fullmatch(pattern, text)):
                return words.format(*found.groups())
        return text


def cut(facts: Mapping[str, object]) -> dict[str, object]:
    """Texts on one line and of bearable length: some come from servers."""
    return {
        name: shorten(" ".join(fact.split())) if isinstance(fact, str) else fact
        for name, fact in facts.items()
    }


def shorten(line: str) -> str:
    limit = FACT_CHARACTERS_AT_MOST
    return line if len(line) <= limit else f"{line[:limit]}…"
