"""Composes the letter about a run: pure, from the run's result and a language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from etl.mail.letter_figures import by_day, compared, hardest
from etl.models.errors import ExitCode, Failure, Stage
from etl.models.notices import Letter, Outcome, RunResult
from etl.texts import Catalogue

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


def compose_letter(result: RunResult, catalogue: Catalogue) -> Letter:
    """Subject, plain text and HTML of one and the same content."""
    subject = _subject(result, catalogue)[:SUBJECT_CHARACTERS_AT_MOST]
    blanks = {"subject": subject, **_blanks(result, catalogue)}
    return Letter(
        subject=subject,
        text=TEXT.render(blanks),
        html=HTML.render(blanks),
    )


def _subject(result: RunResult, t: Catalogue) -> str:
    words = t.letter
    parts = [f"{result.outcome} {words.title}"]
    if result.window:
        parts.append(t.days(result.window))
    if result.failure:
        parts.append(f"{words.failed}: {t.stages[result.failure.stage]}")
    else:
        parts.append(_glance(result, t))
    return " · ".join(parts)


def _verdict(result: RunResult, t: Catalogue) -> str:
    """Did it go well, how many students, how many attempts, with what success."""
    if result.failure:
        return t.fill(t.letter.verdict_failed, {"stage": t.stages[result.failure.stage]})
    begun = t.letter.verdict_done
    if result.outcome is Outcome.ATTENTION:
        count = sum(notice.wants_attention for notice in result.notices)
        begun = t.fill(t.letter.verdict_attention, {"count": count})
    return f"{begun}: {_glance(result, t)}."


def _glance(result: RunResult, t: Catalogue) -> str:
    totals, words = result.totals, t.letter
    if totals is None and result.window:
        return words.glance_never_loaded
    if totals is None:
        return t.fill(words.glance_stored, {"count": result.counts.inserted})
    if not totals.attempts:
        return words.glance_nobody
    sentence = words.glance if totals.submits else words.glance_without_submits
    success = t.percent(totals.success_percent, 1)
    return t.fill(
        sentence, {"students": totals.users, "attempts": totals.attempts, "success": success}
    )


def _blanks(result: RunResult, t: Catalogue) -> dict[str, Any]:
    notices = [
        (notice.wants_attention, t.notice(notice, facts))
        for notice, facts in result.notices.items()
    ]
    figures = list(result.figures)[-DAYS_AT_MOST:]
    # What looks like a success has no place in a letter about a failure: there remain the days
    # that people cannot find in the sheet.
    is_failure = result.failure is not None
    days = [] if is_failure and result.publication else figures
    return {
        "t": t,
        "w": t.letter,
        "result": result,
        "verdict": _verdict(result, t),
        "failure": result.failure and _failure(result, result.failure, t),
        "warnings": [sentence for wants_attention, sentence in notices if wants_attention],
        "remarks": [sentence for wants_attention, sentence in notices if not wants_attention],
        "days": by_day(days, t),
        "hidden_days": len(result.figures) - len(figures),
        "compared": {} if is_failure else _compared(result, t),
        "tasks": [] if is_failure else hardest(result.tasks, t),
        "counts": _counts(result, t),
        "rejected": _rejected(result, t),
        "next_run": _next_run(result, t),
    }


def _failure(result: RunResult, failure: Failure, t: Catalogue) -> Mapping[str, Any]:
    details = failure.details
    if len(details) > DETAIL_CHARACTERS_AT_MOST:
        details = f"{details[:DETAIL_CHARACTERS_AT_MOST]}\n…"
    return {
        "what_happened": t.what_happened(failure.problem, failure.facts),
        "what_to_do": t.what_to_do(failure.problem, failure.facts),
        "safe": _safe(result, failure, t),
        "settings": [t.setting(*problem) for problem in failure.settings],
        "details": details,
        "log_lines": [line[:LOG_LINE_CHARACTERS_AT_MOST] for line in result.log_lines],
    }


def _safe(result: RunResult, failure: Failure, t: Catalogue) -> str:
    words, stored = t.letter, result.counts.inserted
    if failure.stage is Stage.CONFIGURATION:
        return words.safe_untouched
    if failure.exit_code == ExitCode.REPORT:
        return words.safe_loaded
    what = t.fill(words.safe_stored, {"count": stored}) if stored else words.safe_nothing
    return f"{what} {words.rest_by_hand if result.is_by_hand else words.rest_next_run}"


def _compared(result: RunResult, t: Catalogue) -> Mapping[str, Any]:
    if result.totals is None or result.window is None:
        return {}
    return {
        "days": t.days(result.window, with_year=False),
        "days_before": t.days(result.window.before(), with_year=False) if result.before else "",
        "rows": compared(result.totals, result.before, t),
    }


def _counts(result: RunResult, t: Catalogue) -> list[tuple[str, str]]:
    """What was received, and then its parts, which add up to it; nothing if nothing was."""
    labels = vars(t.letter)
    counts = vars(result.counts).items() if result.counts.received else ()
    return [(labels[name], t.number(count)) for name, count in counts]


def _rejected(result: RunResult, t: Catalogue) -> Mapping[str, Any]:
    """The most frequent reason first."""
    count = sum(result.rejected.values())
    if not count:
        return {}
    sentences = [t.fill(t.letter.reasons_kept, {"count": count})]
    if count == result.counts.rejected:  # the records of a refused slice are not among the counts
        share = t.percent(100 * count / result.counts.received)
        sentences.append(t.fill(t.letter.reasons_share, {"share": share}))
    by_count = sorted(result.rejected.items(), key=lambda item: (-item[1], item[0]))
    return {
        "sentences": " ".join(sentences),
        "reasons": [(t.reasons[reason], t.number(count)) for reason, count in by_count],
    }


def _next_run(result: RunResult, t: Catalogue) -> str:
    """Runs stand no further apart than the days that each looks at, or it has to catch up."""
    if result.window_days is None:
        return ""
    day = result.started_at + timedelta(days=result.window_days)
    return t.fill(t.letter.next_run, {"day": day.date()})
