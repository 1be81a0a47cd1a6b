"""What a person at a terminal sees; under cron, nothing but errors on stderr."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

from etl.models.errors import PipelineError, SettingProblem
from etl.pipeline.failures import expected_failure, failure_text, redacted
from etl.texts import EN

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from etl.models.attempts import Answer, Batch, Reason
    from etl.settings.effective import Effective
from etl.models.result import RunResult


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def at_terminal() -> bool:
    """Whether somebody sees this run: cron and systemd give it no terminal at either end."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def show(result: RunResult) -> None:
    """How the run ended: a failure on stderr, and on a terminal a summary."""
    if result.failure:
        print(f"{result.failure.stage}: {failure_text(result.failure)}", file=sys.stderr)
    elif sys.stdout.isatty() and result.figures:
        _print_summary(result)


def _print_summary(result: RunResult) -> None:
    from rich.table import Table

    console = _console()
    console.print(f"[bold]{result.outcome} {result.window or ''}[/]: {result.counts}")
    table = Table(*EN.sheet_header)
    for column in table.columns[1:]:
        column.justify = "right"
    for day in result.figures:
        cells = (day.attempts, day.users, day.correct, day.success_percent, day.runs, day.submits)
        table.add_row(str(day.day), *map(EN.number, cells))
    console.print(table)
    for notice, facts in result.notices.items():
        console.print(EN.notice(notice, facts), markup=False)


def print_dry_run(answer: Answer, batches: Iterable[Batch]) -> Counter[Reason]:
    """What a slice would bring, by local day and kind of attempt; returns why not more."""
    kinds: Counter[tuple[date, str]] = Counter()
    reasons: Counter[Reason] = Counter()
    outside = 0
    for batch in batches:
        moments = batch.rows.created_at.dt.tz_localize("UTC").dt.tz_convert(answer.window.zone)
        kinds.update(zip(moments.dt.date, batch.rows.attempt_type, strict=True))
        reasons.update(one.reason for one in batch.rejected)
        outside += batch.out_of_window
    counts = f"{kinds.total()} valid, {reasons.total()} rejected, {outside} out of window"
    print(f"{answer.window}: {answer.count} received = {counts}")
    for (day, kind), count in sorted(kinds.items()):
        print(f"  {day}  {kind:6} {count:9,}")
    for reason, count in reasons.most_common():
        print(f"  rejected  {count:9,}  {EN.reasons[reason]}")
    return reasons


def say(text: str) -> None:
    """A paragraph."""
    print_beside([("", [text])])


def print_beside(rows: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Each label, and beside it its lines; a word or address is never broken."""
    width = _console().width - 1  # a sign that is two columns wide is counted as one
    for label, lines in rows:
        paragraphs = "\n".join(_wrapped(line, width - len(label)) for line in lines)
        print(label + paragraphs.replace("\n", "\n" + " " * len(label)))


def _wrapped(line: str, width: int) -> str:
    return "\n".join(wrap(line, width, break_long_words=False, break_on_hyphens=False))


def print_settings(settings: Iterable[Effective], redact: Callable[[str], str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("setting", "value", "from", box=None)
    table.columns[0].no_wrap = table.columns[2].no_wrap = True
    table.columns[1].overflow = "fold"
    for one in settings:
        table.add_row(one.name, Text(redact(one.value)), one.source or "not set")
    _console().print(table)


def print_warnings(warnings: Iterable[SettingProblem], redact: Callable[[str], str]) -> None:
    for one in warnings:
        print(f"⚠️ {redact(EN.setting(one.variable, one.code, one.facts))}")


def print_checks(results: Mapping[str, str | PipelineError], redact: Callable[[str], str]) -> None:
    """A row for each part: what was found, or what failed and how to mend it."""
    from rich.table import Table
    from rich.text import Text

    table = Table("", "part", "what was found", show_lines=True)
    for part, result in results.items():
        if isinstance(result, str):
            mark, text = "✅", result
        else:
            mark, text = "❌", failure_text(redacted(expected_failure(result), redact))
        table.add_row(mark, part, Text(text))  # as it is, no markup
    _console().print(table)
