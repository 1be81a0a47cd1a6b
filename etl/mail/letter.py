"""Composes the letter about a run: pure, from the run's report and a language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from etl.mail.letter_figures import by_day, compared, hardest
from etl.models.errors import ExitCode, Failure, Stage
from etl.models.report import Letter, Outcome, RunReport
from etl.texts.catalogue import Catalogue

# A month by days is what a letter can show; the sheet has them all.
DAYS_AT_MOST = 31
DETAIL_CHARACTERS_AT_MOST = 8_000
LOG_LINE_CHARACTERS_AT_MOST = 300
SUBJECT_CHARACTERS_AT_MOST = 150

_templates = Environment(
    loader=PackageLoader("etl.mail", ""),
    autoescape=select_autoescape(["html.jinja"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEXT, HTML = (_templates.get_template(f"letter.{kind}.jinja") for kind in ("txt", "html"))


def compose_letter(report: RunReport, catalogue: Catalogue) -> Letter:
    """Subject, plain text and HTML of one and the same content."""
    subject = _subject(report, catalogue)[:SUBJECT_CHARACTERS_AT_MOST]
    blanks = {"subject": subject, **_blanks(report, catalogue)}
    return Letter(
        subject=subject,
        text=TEXT.render(blanks),
        html=HTML.render(blanks),
    )


def _subject(report: RunReport, t: Catalogue) -> str:
    words = t.words
    parts = [f"{report.outcome} {words.title}"]
    if report.window:
        parts.append(t.days(report.window))
    if report.failure:
        parts.append(f"{words.failed}: {t.stages[report.failure.stage]}")
    else:
        parts.append(_glance(report, t))
    return " · ".join(parts)


def _verdict(report: RunReport, t: Catalogue) -> str:
    """Did it go well, how many students, how many attempts, with what success."""
    if report.failure:
        return t.fill(t.words.verdict_failed, {"stage": t.stages[report.failure.stage]})
    begun = t.words.verdict_done
    if report.outcome is Outcome.ATTENTION:
        count = sum(notice.wants_attention for notice in report.notices)
        begun = t.fill(t.words.verdict_attention, {"count": count})
    return f"{begun}: {_glance(report, t)}."


def _glance(report: RunReport, t: Catalogue) -> str:
    totals, words = report.totals, t.words
    if totals is None:
        return t.fill(words.glance_stored, {"count": report.counts.inserted})
    if not totals.attempts:
        return words.glance_nobody
    sentence = words.glance if totals.submits else words.glance_without_submits
    success = t.percent(totals.success_percent, 1)
    return t.fill(
        sentence, {"students": totals.users, "attempts": totals.attempts, "success": success}
    )


def _blanks(report: RunReport, t: Catalogue) -> dict[str, Any]:
    notices = [
        (notice.wants_attention, t.notice(notice, facts))
        for notice, facts in report.notices.items()
    ]
    figures = list(report.figures)[-DAYS_AT_MOST:]
    # What looks like a success has no place in a letter about a failure: there remain the days
    # that people cannot find in the sheet.
    is_failure = report.failure is not None
    days = [] if is_failure and report.publication else figures
    return {
        "t": t,
        "w": t.words,
        "report": report,
        "verdict": _verdict(report, t),
        "failure": report.failure and _failure(report, report.failure, t),
        "warnings": [sentence for wants_attention, sentence in notices if wants_attention],
        "remarks": [sentence for wants_attention, sentence in notices if not wants_attention],
        "days": by_day(days, t),
        "hidden_days": len(report.figures) - len(figures),
        "compared": {} if is_failure else _compared(report, t),
        "tasks": [] if is_failure else hardest(report.tasks, t),
        "counts": _counts(report, t),
        "rejected": _rejected(report, t),
        "next_run": _next_run(report, t),
    }


def _failure(report: RunReport, failure: Failure, t: Catalogue) -> Mapping[str, Any]:
    details = failure.details
    if len(details) > DETAIL_CHARACTERS_AT_MOST:
        details = f"{details[:DETAIL_CHARACTERS_AT_MOST]}\n…"
    return {
        "what_happened": t.what_happened(failure.problem, failure.facts),
        "what_to_do": t.what_to_do(failure.problem, failure.facts),
        "safe": _safe(report, failure, t),
        "settings": [t.setting(*problem) for problem in failure.settings],
        "details": details,
        "log_lines": [line[:LOG_LINE_CHARACTERS_AT_MOST] for line in report.log_lines],
    }


def _safe(report: RunReport, failure: Failure, t: Catalogue) -> str:
    words, stored = t.words, report.counts.inserted
    if failure.stage is Stage.CONFIGURATION:
        return words.safe_untouched
    if failure.exit_code == ExitCode.REPORT:
        return words.safe_loaded
    what = t.fill(words.safe_stored, {"count": stored}) if stored else words.safe_nothing
    return f"{what} {words.rest_by_hand if report.is_by_hand else words.rest_next_run}"


def _compared(report: RunReport, t: Catalogue) -> Mapping[str, Any]:
    if report.totals is None or report.window is None:
        return {}
    return {
        "days": t.days(report.window, with_year=False),
        "days_before": t.days(report.window.before(), with_year=False) if report.before else "",
        "rows": compared(report.totals, report.before, t),
    }


def _counts(report: RunReport, t: Catalogue) -> list[tuple[str, str]]:
    """What was received, and then its parts, which add up to it; nothing if nothing was."""
    labels = vars(t.words)
    counts = vars(report.counts).items() if report.counts.received else ()
    return [(labels[name], t.number(count)) for name, count in counts]


def _rejected(report: RunReport, t: Catalogue) -> Mapping[str, Any]:
    """The most frequent reason first."""
    count = sum(report.rejected.values())
    if not count:
        return {}
    sentences = [t.fill(t.words.reasons_kept, {"count": count})]
    if count == report.counts.rejected:  # the records of a refused slice are not among the counts
        share = t.percent(100 * count / report.counts.received)
        sentences.append(t.fill(t.words.reasons_share, {"share": share}))
    by_count = sorted(report.rejected.items(), key=lambda item: (-item[1], item[0]))
    return {
        "sentences": " ".join(sentences),
        "reasons": [(t.reasons[reason], t.number(count)) for reason, count in by_count],
    }


def _next_run(report: RunReport, t: Catalogue) -> str:
    """Runs stand no further apart than the days that each looks at, or it has to catch up."""
    if report.window_days is None:
        return ""
    day = report.started_at + timedelta(days=report.window_days)
    return t.fill(t.words.next_run, {"day": day.date()})
