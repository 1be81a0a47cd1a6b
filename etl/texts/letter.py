"""Composes the letter about a run: pure, from the run's report and a language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from etl.errors import ExitCode
from etl.models import Stage
from etl.reports import Failure, Letter, Outcome, RunReport
from etl.texts.catalogue import Catalogue

# A month by days is what a letter can show; the sheet has them all.
DAYS_AT_MOST = 31
DETAIL_CHARACTERS_AT_MOST = 8_000
SUBJECT_CHARACTERS_AT_MOST = 150


def compose_letter(report: RunReport, catalogue: Catalogue) -> Letter:
    """Subject, plain text and HTML of one and the same content."""
    blanks = _blanks(report, catalogue)
    return Letter(
        subject=_subject(report, catalogue)[:SUBJECT_CHARACTERS_AT_MOST],
        text=_templates().get_template("letter.txt.jinja").render(blanks),
        html=_templates().get_template("letter.html.jinja").render(blanks),
    )


def _subject(report: RunReport, catalogue: Catalogue) -> str:
    words = catalogue.words
    told = [f"{report.outcome} {words.title}"]
    if report.window:
        told.append(catalogue.days(report.window))
    if report.failure:
        told.append(f"{words.failed}: {catalogue.stages[report.failure.stage]}")
    else:
        told.append(words.new_attempts(report.counts.inserted))
    return " · ".join(told)


def _blanks(report: RunReport, catalogue: Catalogue) -> dict[str, Any]:
    verdicts = {
        Outcome.DONE: catalogue.words.verdict_done,
        Outcome.ATTENTION: catalogue.words.verdict_attention,
        Outcome.FAILED: catalogue.words.verdict_failed,
    }
    stage = catalogue.stages[report.failure.stage] if report.failure else ""
    return {
        "t": catalogue,
        "w": catalogue.words,
        "report": report,
        "verdict": verdicts[report.outcome].format(stage=stage),
        "failure": report.failure and _failure(report.failure, catalogue),
        "safe": report.failure and _safe(report, report.failure, catalogue),
        "notices": [
            catalogue.notices[notice].format(told) for notice, told in report.notices.items()
        ],
        "reasons": _reasons(report, catalogue),
        "figures": list(report.figures)[-DAYS_AT_MOST:],
        "hidden_days": max(0, len(report.figures) - DAYS_AT_MOST),
        "header": catalogue.sheet_header,
    }


def _failure(failure: Failure, catalogue: Catalogue) -> Mapping[str, Any]:
    details = failure.details
    if len(details) > DETAIL_CHARACTERS_AT_MOST:
        details = f"{details[:DETAIL_CHARACTERS_AT_MOST]}\n…"
    return {
        "what": catalogue.what(failure.problem, failure.facts),
        "mend": catalogue.mend(failure.problem, failure.facts),
        "settings": [catalogue.setting(*problem) for problem in failure.settings],
        "details": details,
    }


def _safe(report: RunReport, failure: Failure, catalogue: Catalogue) -> str:
    words = catalogue.words
    count = words.new_attempts(report.counts.inserted)
    if failure.stage is Stage.CONFIGURATION:
        return words.safe_untouched
    if failure.exit_code == ExitCode.REPORT:
        return words.safe_loaded
    if report.is_by_hand:
        return words.safe_by_hand.format(count=count)
    return words.safe_stored.format(count=count) if report.counts.received else words.safe_nothing


def _reasons(report: RunReport, catalogue: Catalogue) -> list[tuple[str, int]]:
    """The most frequent first."""
    by_count = sorted(report.rejected.items(), key=lambda item: (-item[1], item[0]))
    return [(catalogue.reasons[reason], count) for reason, count in by_count]


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("etl.texts", ""),
        autoescape=select_autoescape(["html.jinja"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
