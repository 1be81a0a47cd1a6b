"""Runs that write nothing: `--check` tries every part, `--dry-run` fetches and validates."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

from etl.models.errors import LoadError, PipelineError, SettingProblem, Stage
from etl.pipeline import console
from etl.pipeline.failures import expected_failure, failure_text, redacted
from etl.pipeline.fetching import fetch_in_order
from etl.pipeline.stages import choose_window
from etl.settings.task_names import lines_of
from etl.texts import EN

if TYPE_CHECKING:
    from etl.models.window import Window
    from etl.pipeline.diary import Diary
    from etl.pipeline.wiring import Parts
    from etl.settings.reading import Settings

log = logging.getLogger(__name__)


def show_settings(settings: Settings, diary: Diary) -> None:
    """What is set and from where, and what is odd about it: also when something is wrong."""
    console.print_settings(settings.effective, diary.redact)
    console.print_warnings(settings.warnings, diary.redact)


def run_checks(settings: Settings, parts: Parts, diary: Diary) -> None:
    """Tries all parts, also after one has failed; the first failure is the run's."""
    due = partial(choose_window, settings.run, now=diary.started_at)
    checks: dict[str, Callable[[], str]] = {
        "grader": parts.api.check,
        "database": lambda: parts.database.check(due),
        "sheet": parts.reporter.check,
        "mail": parts.notifier.check,
        "dashboard": parts.dashboard.check,
        "watchdog": parts.healthcheck.check,
    }
    results: dict[str, str | PipelineError] = {}
    for name, check in checks.items():
        diary.show(f"trying the {name}")
        try:
            results[name] = check()
        except PipelineError as error:
            results[name] = error
        _log_check(name, results, diary)
    console.print_checks(results, diary.redact)
    if settings.names_file.names and isinstance(results["database"], str):
        _warn_of_strange_names(settings, parts)
    diary.failure_is_shown = True
    if failures := [result for result in results.values() if isinstance(result, PipelineError)]:
        raise failures[0]


def _log_check(part: str, results: Mapping[str, str | PipelineError], diary: Diary) -> None:
    """The first failure is the run's, whose end says what it is."""
    result = results[part]
    if isinstance(result, str):
        log.info("check: %s: %s", part, result)
    elif sum(isinstance(one, PipelineError) for one in results.values()) == 1:
        log.error("check: %s: failed", part)
    else:
        failure = redacted(expected_failure(result), diary.redact)
        log.error("check: %s: failed: %s", part, failure_text(failure))


def _warn_of_strange_names(settings: Settings, parts: Parts) -> None:
    """Names that no stored task has: their course is probably written otherwise."""
    from etl.postgres.figures import read_tasks

    names = settings.names_file.names
    with suppress(LoadError):  # before the first run there are no tasks
        known = lines_of(read_tasks(parts.database_parameters()))
        if known and known.isdisjoint(names):
            warning = SettingProblem("TASK_NAMES_FILE", "names_of_none")
            console.print_warnings([warning], str)
            log.warning("check: %s", EN.setting(warning.variable, warning.code, warning.facts))


def run_dry(settings: Settings, parts: Parts, diary: Diary) -> None:
    """Shows what would be loaded."""
    rest: Window | None = diary.window
    if rest is None:
        progress = parts.database.peek_progress()
        rest = choose_window(settings.run, progress, diary.started_at)
    diary.covers(rest)
    with closing(fetch_in_order(rest, parts.api)) as answers:
        while rest:
            with diary.stage(Stage.EXTRACT, rest):
                answer = next(answers)
            with diary.stage(Stage.TRANSFORM, answer.window):
                reasons = console.print_dry_run(answer, parts.processor.process(answer))
            if refusal := parts.processor.refusal(answer, reasons):
                raise refusal
            rest = rest.after(answer.window)
