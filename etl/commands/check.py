"""`--check`: tries every part with its real credentials and writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from etl.models.errors import LoadError, PipelineError, SettingProblem
from etl.pipeline import terminal
from etl.pipeline.components import off
from etl.pipeline.failures import expected_failure, failure_text, redacted
from etl.pipeline.run import Run
from etl.pipeline.stages import due_window
from etl.postgres.figures import read_tasks
from etl.settings.sections import ApiSettings, MailSettings, SheetSettings
from etl.settings.task_names import lines_of
from etl.texts import EN

log = logging.getLogger(__name__)

Results = dict[str, str | PipelineError]


def check(run: Run) -> None:
    """Tries all parts, also after one has failed; the first failure is the run's."""
    settings, parts = run.settings, run.components
    # Also when something is wrong with them.
    terminal.print_settings(settings.effective, run.redact)
    terminal.print_warnings(settings.warnings, run.redact)
    run.require_settings(grader=True)
    due = partial(due_window, settings.run, now=run.result.started_at)
    sheet, mail = parts.google_sheets_reporter, parts.email_notifier
    dashboard, watchdog = parts.dashboard, parts.watchdog
    results = _try_all(
        {
            "grader": parts.api_client.check if parts.api_client else off(*ApiSettings.required),
            "database": lambda: parts.database_inserter.check(due),
            "sheet": sheet.check if sheet else off(*SheetSettings.required),
            "mail": mail.check if mail else off(*MailSettings.required),
            "dashboard": dashboard.check if dashboard else off("DASHBOARD_FILE"),
            "watchdog": watchdog.check if watchdog else off("HEALTHCHECK_URL"),
        },
        run,
    )
    terminal.print_checks(results, run.redact)
    if settings.names_file.names and isinstance(results["database"], str):
        _warn_of_strange_names(run)
    run.failure_is_shown = True
    if failures := [result for result in results.values() if isinstance(result, PipelineError)]:
        raise failures[0]


def _try_all(checks: Mapping[str, Callable[[], str] | str], run: Run) -> Results:
    results: Results = {}
    for part, check_part in checks.items():
        run.show(f"trying the {part}")
        try:
            results[part] = check_part if isinstance(check_part, str) else check_part()
        except PipelineError as error:
            results[part] = error
        _log_check(part, results, run)
    return results


def _log_check(part: str, results: Results, run: Run) -> None:
    """The first failure is the run's, whose end says what it is."""
    result = results[part]
    if isinstance(result, str):
        log.info("check: %s: %s", part, result)
    elif sum(isinstance(one, PipelineError) for one in results.values()) == 1:
        log.error("check: %s: failed", part)
    else:
        failure = redacted(expected_failure(result), run.redact)
        log.error("check: %s: failed: %s", part, failure_text(failure))


def _warn_of_strange_names(run: Run) -> None:
    """Names that no stored task has: their course is probably written otherwise."""
    with suppress(LoadError):  # before the first run there are no tasks
        known = lines_of(read_tasks(run.components.server()))
        if known and known.isdisjoint(run.settings.names_file.names):
            warning = SettingProblem("TASK_NAMES_FILE", "names_of_none")
            terminal.print_warnings([warning], str)
            log.warning("check: %s", EN.setting(warning.variable, warning.code, warning.facts))
