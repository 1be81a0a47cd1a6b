"""What a person at a terminal sees; under cron, nothing but errors on stderr."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

from etl.models.errors import PipelineError, SettingProblem
from etl.models.result import Notice, RunResult
from etl.pipeline.failures import expected_failure, failure_text, printable, redacted
from etl.texts import EN

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from etl.models.attempts import Answer, Batch, Reason
    from etl.models.figures import DailyFigures
    from etl.settings.reading import Effective

# A narrower terminal folds its lines, and cuts no date or number.
NARROWEST_TABLE = 64


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def at_terminal() -> bool:
    """Whether somebody sees this run: cron and systemd give it no terminal at either end."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def show(result: RunResult, did: str = "", *, is_shown: bool = False) -> None:
    """How the run ended: a failure on stderr, and on a terminal a summary.

    `did` says in a few words what was done, where counts of records do not. A failure that
    `is_shown` on stdout is not repeated on the same terminal.
    """
    if result.failure:
        if is_shown and sys.stdout.isatty() and sys.stderr.isatty():
            return
        _complain(f"{result.failure.stage}: {failure_text(result.failure)}")
    elif sys.stdout.isatty() and (did or result.figures or Notice.NEVER_LOADED in result.notices):
        _print_summary(result, did)


def _complain(text: str) -> None:
    """On a terminal no word is broken; elsewhere lines stay as they are, to be searched."""
    if sys.stderr.isatty():
        width = _console().width - 1
        text = "\n".join(_wrapped(line, width) for line in text.splitlines())
    print(text, file=sys.stderr)


def _print_summary(result: RunResult, did: str) -> None:
    from etl.pipeline.tables import fitting_table

    about = f"{result.window}: " if result.window else ""
    print_beside([(f"{result.outcome} ", [f"{about}{did or _became(result)}"])])
    if result.figures:
        console = _console()
        console.width = max(console.width, NARROWEST_TABLE)
        rows = [_day(one) for one in result.figures]
        columns = range(1, len(EN.sheet_header))
        console.print(fitting_table(EN.sheet_header, rows, numbers=columns, width=console.width))
    for notice, facts in result.notices.items():
        say(EN.notice(notice, facts))


def _day(one: DailyFigures) -> list[str]:
    counts = (one.attempts, one.users, one.correct, one.success_percent, one.runs, one.submits)
    return [str(one.day), *map(EN.number, counts)]


def _became(result: RunResult) -> str:
    if result.counts.received:
        return str(result.counts)
    return f"the sheet: {result.publication}" if result.publication else "the sheet is off"


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
    from rich.cells import cell_len

    width = _console().width - 1
    for label, lines in rows:
        indent = " " * cell_len(label)
        paragraphs = (_wrapped(line, width - len(indent)) for line in lines)
        print(label + "\n".join(paragraphs).replace("\n", f"\n{indent}"))


def _wrapped(line: str, width: int) -> str:
    return "\n".join(wrap(line, width, break_long_words=False, break_on_hyphens=False))


def print_settings(settings: Iterable[Effective], redact: Callable[[str], str]) -> None:
    """Name, where it comes from, value: a line for each unless the value is a long list."""
    print_beside(
        (f"{one.name:32}  {one.source or 'not set':11}  ", [printable(redact(one.value))])
        for one in settings
    )
    print()


def print_warnings(warnings: Iterable[SettingProblem], redact: Callable[[str], str]) -> None:
    for one in warnings:
        print(f"⚠️ {redact(EN.setting(one.variable, one.code, one.facts))}")


def print_checks(results: Mapping[str, str | PipelineError], redact: Callable[[str], str]) -> None:
    """A paragraph for each part: what was found, or what failed and how to mend it."""
    for part, result in results.items():
        if isinstance(result, str):
            mark, text = "✅", result
        else:
            mark, text = "❌", failure_text(redacted(expected_failure(result), redact))
        print_beside([(f"{mark} {part:10}", text.splitlines())])
