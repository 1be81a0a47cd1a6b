"""The letter about a run: subject, text and HTML, composed from the run's result in one language.

No I/O. The two templates beside this file lay out what `_blanks` returns, as text and as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from etl.models.errors import ExitCode, Failure, Stage
from etl.models.figures import HARDEST, DailyFigures, Figures, TaskFigures
from etl.models.notices import Outcome, RunResult
from etl.texts import Catalogue
from etl.texts.catalogue import NO_BREAK_SPACE

# A month of days is most of a letter, and servers limit its size; the sheet has all days.
DAYS_AT_MOST = 14
DETAIL_CHARACTERS_AT_MOST = 8_000
LOG_LINE_CHARACTERS_AT_MOST = 300
SUBJECT_CHARACTERS_AT_MOST = 150
NAME_CHARACTERS_AT_MOST = 40
GIVEN_NAME_CHARACTERS_AT_MOST = 100
NOTHING = "–"
SAME = "="
# Open edX calls a block `<host>-<32 hexadecimal digits>`; other systems write UUIDs.
HOST_BEFORE_HASH = re.compile(r"^[\w-]+(\.[\w-]+)+-(?=[0-9a-f]{12,}$)")
HASH = re.compile(r"\b([0-9a-f]{8})(?:[0-9a-f]{4,}|(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")

_templates = Environment(
    loader=PackageLoader("etl.mail", ""),
    autoescape=select_autoescape(["html.jinja"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEXT, HTML = (_templates.get_template(f"letter.{kind}.jinja") for kind in ("txt", "html"))


@dataclass(frozen=True)
class Letter:
    """The letter about a run: a subject, and the same content as plain text and as HTML."""

    subject: str
    text: str
    html: str


def compose_letter(result: RunResult, catalogue: Catalogue) -> Letter:
    """Returns the letter about a run, in the language of `catalogue`."""
    subject = _subject(result, catalogue)[:SUBJECT_CHARACTERS_AT_MOST]
    blanks = {"subject": subject, **_blanks(result, catalogue)}
    return Letter(subject, TEXT.render(blanks), HTML.render(blanks))


def _subject(result: RunResult, t: Catalogue) -> str:
    words = t.letter
    parts = [f"{result.outcome} {words['title']}"]
    if result.window:
        parts.append(t.days(result.window))
    if result.failure:
        parts.append(f"{words['failed']}: {t.stages[result.failure.stage]}")
    else:
        parts.append(_glance(result, t))
    return " · ".join(parts)


def _verdict(result: RunResult, t: Catalogue) -> str:
    """Returns the first sentence: how the run went, numbers of students and attempts, success."""
    if result.failure:
        return t.fill(t.letter["verdict_failed"], {"stage": t.stages[result.failure.stage]})
    begun = t.letter["verdict_done"]
    if result.outcome is Outcome.ATTENTION:
        count = sum(notice.wants_attention for notice in result.notices)
        begun = t.fill(t.letter["verdict_attention"], {"count": count})
    return f"{begun}: {_glance(result, t)}."


def _glance(result: RunResult, t: Catalogue) -> str:
    totals, words = result.totals, t.letter
    if totals is None and result.window:
        return words["glance_never_loaded"]
    if totals is None:
        return t.fill(words["glance_stored"], {"count": result.counts.inserted})
    if not totals.attempts:
        return words["glance_nobody"]
    sentence = words["glance"] if totals.submits else words["glance_without_submits"]
    success = t.percent(totals.success_percent, 1)
    return t.fill(
        sentence, {"students": totals.users, "attempts": totals.attempts, "success": success}
    )


def _blanks(result: RunResult, t: Catalogue) -> dict[str, Any]:
    sentences = {notice: t.notice(notice, facts) for notice, facts in result.notices.items()}
    figures = list(result.figures)[-DAYS_AT_MOST:]
    # A letter about a failure shows nothing that looks like a success, and days only if the sheet
    # does not have them.
    is_failure = result.failure is not None
    days = [] if is_failure and result.publication else figures
    return {
        "t": t,
        "w": t.letter,
        "result": result,
        "verdict": _verdict(result, t),
        "failure": result.failure and _failure(result, result.failure, t),
        "warnings": [one for notice, one in sentences.items() if notice.wants_attention],
        "remarks": [one for notice, one in sentences.items() if not notice.wants_attention],
        "days": by_day(days, t),
        "hidden_days": len(result.figures) - len(figures),
        "compared": {} if is_failure else _comparison(result, t),
        "tasks": [] if is_failure else [_task(task, t) for task in result.tasks[:HARDEST]],
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
        "settings": [t.setting(problem) for problem in failure.settings],
        "details": details,
        "log_lines": [line[:LOG_LINE_CHARACTERS_AT_MOST] for line in result.log_lines],
    }


def _safe(result: RunResult, failure: Failure, t: Catalogue) -> str:
    words, stored = t.letter, result.counts.inserted
    if failure.stage is Stage.CONFIGURATION:
        return words["safe_untouched"]
    if failure.exit_code == ExitCode.REPORT:
        return words["safe_loaded"]
    what = t.fill(words["safe_stored"], {"count": stored}) if stored else words["safe_nothing"]
    return f"{what} {words['rest_by_hand'] if result.is_by_hand else words['rest_next_run']}"


def _comparison(result: RunResult, t: Catalogue) -> Mapping[str, Any]:
    if result.totals is None or result.window is None:
        return {}
    return {
        "days": t.days(result.window, with_year=False),
        "days_before": t.days(result.window.before(), with_year=False) if result.before else "",
        "rows": compared(result.totals, result.before, t),
    }


def _counts(result: RunResult, t: Catalogue) -> list[tuple[str, str]]:
    """Returns labels and counts: received records, then the parts that add up to them; or none."""
    counts = vars(result.counts).items() if result.counts.received else ()
    return [(t.letter[name], t.number(count)) for name, count in counts]


def _rejected(result: RunResult, t: Catalogue) -> Mapping[str, Any]:
    """Returns sentences on the rejected records, and their reasons, the most frequent first."""
    count = sum(result.rejected.values())
    if not count:
        return {}
    sentences = [t.fill(t.letter["reasons_kept"], {"count": count})]
    if count == result.counts.rejected:  # records of a slice that was not loaded are not counted
        share = t.percent(100 * count / result.counts.received)
        sentences.append(t.fill(t.letter["reasons_share"], {"share": share}))
    by_count = sorted(result.rejected.items(), key=lambda item: (-item[1], item[0]))
    return {
        "sentences": " ".join(sentences),
        "reasons": [(t.reasons[reason], t.number(count)) for reason, count in by_count],
    }


def _next_run(result: RunResult, t: Catalogue) -> str:
    """Returns a sentence with the last day for the next run: each looks back `window_days`."""
    if result.window_days is None:
        return ""
    day = result.started_at + timedelta(days=result.window_days)
    return t.fill(t.letter["next_run"], {"day": day.date()})


def compared(now: Figures, before: Figures | None, t: Catalogue) -> list[tuple[str, str, str, str]]:
    """Returns rows: label, figure, earlier figure, change; the last two are '' without `before`."""
    words = t.letter
    rows = []
    for name in ("users", "attempts", "runs", "submits", "correct"):
        label = words["students" if name == "users" else name]
        count = getattr(now, name)
        earlier = getattr(before, name) if before else None
        changes = ("", "") if earlier is None else (t.number(earlier), change(count, earlier, t))
        rows.append((label, t.number(count), *changes))
    changes = (_success(before, t), _points(now, before, t)) if before else ("", "")
    return [*rows, (words["success"], _success(now, t), *changes)]


def change(now: int, before: int, t: Catalogue) -> str:
    """Returns the change as text: `▲ 12 %`, SAME if there is none, or words if `before` is 0."""
    if now == before:
        return SAME
    if not before:
        return t.letter["new"]
    percent = abs(now - before) / before * 100
    amount = t.percent(percent, 0) if percent >= 1 else f"<{NO_BREAK_SPACE}{t.percent(1, 0)}"
    return _with_arrow(amount, is_rise=now > before)


def _points(now: Figures, before: Figures, t: Catalogue) -> str:
    """Returns the change of the success share in percentage points: from 40 % to 44 % is 4."""
    if not now.submits:
        return NOTHING
    if not before.submits:
        return t.letter["new"]
    points = round(now.success_percent - before.success_percent, 2)
    if not points:
        return SAME
    amount = f"{t.number(abs(points))}{NO_BREAK_SPACE}{t.letter['points']}"
    return _with_arrow(amount, is_rise=points > 0)


def _with_arrow(amount: str, *, is_rise: bool) -> str:
    return f"{'▲' if is_rise else '▼'}{NO_BREAK_SPACE}{amount}"


def _success(figures: Figures, t: Catalogue) -> str:
    return t.percent(figures.success_percent) if figures.submits else NOTHING


def by_day(figures: Sequence[DailyFigures], t: Catalogue) -> list[dict[str, Any]]:
    """Returns texts about each day for the templates; `share` is its bar's length in percent."""
    longest = max((day.attempts for day in figures), default=0)
    rows = []
    for day in figures:
        label, success = t.day_with_weekday(day.day), _success(day, t)
        facts = {**vars(day), "day": label, "students": day.users, "success": success}
        share = -(-100 * day.attempts // longest) if longest else 0
        counts = {name: t.number(fact) for name, fact in facts.items() if isinstance(fact, int)}
        told = {"label": label, "success": success, "line": t.fill(t.letter["day_line"], facts)}
        rows.append({**counts, **told, "share": share})
    return rows


def _task(task: TaskFigures, t: Catalogue) -> dict[str, str]:
    """Returns texts on a task: names that fit a phone, other figures in `details`."""
    words = t.letter
    details = [t.fill(words["task_details"], vars(task))]
    if task.first_try_percent is not None:
        share = t.percent(task.first_try_percent)
        details.append(t.fill(words["task_first_try"], {"share": share}))
    if task.median_attempts is not None:
        details.append(t.fill(words["task_median"], {"count": task.median_attempts}))
    elif task.success_percent is not None:
        details.append(words["task_unsolved"])
    return {
        "name": _name(task.task_name, task.task),
        "course": _name(task.course_name, task.course),
        "success": NOTHING if task.success_percent is None else t.percent(task.success_percent),
        "details": " · ".join(details),
        "address": task.address,
    }


def _name(given: str, own_id: str) -> str:
    """Returns the name that people gave, cut if too long; without one, a short form of the id."""
    if not given:
        return short_name(own_id)
    limit = GIVEN_NAME_CHARACTERS_AT_MOST
    return given if len(given) <= limit else f"{given[: limit - 1]}…"


def short_name(name: str) -> str:
    """Returns an id short enough for phones: hex numbers cut to 8 digits, others in the middle."""
    plain = HOST_BEFORE_HASH.sub("", name.removeprefix("course-v1:")).replace("+", " ")
    short = " ".join(HASH.sub(r"\1…", plain).split())
    if len(short) <= NAME_CHARACTERS_AT_MOST:
        return short
    return f"{short[: NAME_CHARACTERS_AT_MOST - 13]}…{short[-12:]}"
