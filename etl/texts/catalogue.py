"""One language's sentences, as `en.toml` and `ru.toml` have them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from etl.models.notices import Notice
from etl.models.records import Reason
from etl.texts.conventions import Conventions

FACT_CHARACTERS_AT_MOST = 300


class Words:
    """A section with its sentences as attributes."""

    def __init__(self, sentences: Mapping[str, Any]) -> None:
        vars(self).update(sentences)

    def __getattr__(self, name: str) -> str:
        raise AttributeError(f"the texts have no {name}")


@dataclass(frozen=True)
class Catalogue(Conventions):
    """One language. Every mapping is the section of its name; its keys are the codes' values.

    `days_of_notices` has a sentence for each day, for the notices that need one. A problem has
    `what_happened` and `what_to_do`. The keys of `settings` are pydantic's error types and our own.
    """

    sheet_header: Sequence[str]
    sheet_date_pattern: str
    chart_title: str
    chart_counts: str
    tasks_title: str
    tasks_header: Sequence[str]
    letter: Words
    dashboard: Words
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
        return self.fill(self.notices[notice], facts)

    def what_happened(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.fill(self.problems[problem]["what_happened"], cut(facts))

    def what_to_do(self, problem: str, facts: Mapping[str, object]) -> str:
        return self.fill(self.problems[problem]["what_to_do"], cut(facts))

    def setting(self, variable: str, code: str, facts: Mapping[str, object]) -> str:
        """A sentence on one setting, never its value; unknown codes get the general one."""
        sentence = self.settings.get(code, self.settings["invalid"])
        return f"{variable}: {self.fill(sentence, cut(facts))}"

    def text(self, fact: object) -> str:
        match fact:
            case Reason():
                return self.reasons[fact]
            case Mapping():
                return ", ".join(
                    f"{self.text(key)} ({self.text(one)})" for key, one in fact.items()
                )
        return super().text(fact)


@cache
def catalogue_of(language: str) -> Catalogue:
    """What `<language>.toml` says."""
    with Path(__file__).with_name(f"{language}.toml").open("rb") as file:
        sections: dict[str, Any] = tomllib.load(file)
    fields = sections.pop("conventions") | sections.pop("sheet") | sections
    for section in ("letter", "dashboard"):
        fields[section] = Words(fields[section])
    return Catalogue(language=language, **fields)


def cut(facts: Mapping[str, object]) -> dict[str, object]:
    """Texts on one line and of bearable length, since some come from servers.

    They lose a full stop at their end: a sentence has its own.
    """
    bearable = dict(facts)
    for name, fact in facts.items():
        if isinstance(fact, str):
            line, limit = " ".join(fact.split()).removesuffix("."), FACT_CHARACTERS_AT_MOST
            bearable[name] = line if len(line) <= limit else f"{line[:limit]}…"
    return bearable
