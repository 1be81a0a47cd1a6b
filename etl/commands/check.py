"""`--check` tries every component, `--dry-run` prints what a run would load; both store nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from etl.models.errors import LoadError, PipelineError, SettingProblem, Stage
from etl.pipeline import stages, terminal
from etl.pipeline.components import off
from etl.pipeline.failures import failure_of, failure_text, redacted
from etl.pipeline.run import Run
from etl.postgres.figures import read_tasks
from etl.settings.sections import MailSettings, SheetSettings
from etl.settings.task_names import lines_of
from etl.texts import EN

log = logging.getLogger(__name__)


def check(run: Run) -> None:
    """Prints the settings, tries all components, prints results, then raises the first error."""
    settings = run.settings
    # Printed even when some settings are wrong.
    terminal.print_settings(settings.effective, run.redact)
    terminal.print_warnings(settings.warnings, run.redact)
    run.require_settings(grader=True)
    found: dict[str, str] = {}
    errors: dict[str, PipelineError] = {}
    for part, check_part in _checks(run).items():
        run.show(f"trying the {part}")
        try:
            found[part] = run.redact(check_part())
            log.info("check: %s: %s", part, found[part])
        except PipelineError as error:
            found[part] = failure_text(redacted(failure_of(error, error.stage), run.redact))
            # The first failure is raised below, and logged in full then.
            log.error("check: %s: failed%s", part, f": {found[part]}" if errors else "")
            errors[part] = error
    terminal.print_checks(found, errors)
    if settings.names_file.names and "database" not in errors:
        _warn_of_strange_names(run)
    run.failure_is_shown = True
    for first in errors.values():
        raise first


def _checks(run: Run) -> Mapping[str, Callable[[], str]]:
    """Returns a check by component name; the check of a component that is off says so."""
    parts = run.components
    assert parts.api_client, "settings without a grader are refused before"
    sheet, mail = parts.google_sheets_reporter, parts.email_notifier
    dashboard, watchdog = parts.dashboard, parts.watchdog
    due = partial(stages.due_window, run.settings.run, now=run.result.started_at)
    return {
        "grader": parts.api_client.check,
        "database": partial(parts.database_inserter.check, due),
        "sheet": sheet.check if sheet else partial(off, *SheetSettings.required),
        "mail": mail.check if mail else partial(off, *MailSettings.required),
        "dashboard": dashboard.check if dashboard else partial(off, "DASHBOARD_FILE"),
        "watchdog": watchdog.check if watchdog else partial(off, "HEALTHCHECK_URL"),
    }


def _warn_of_strange_names(run: Run) -> None:
    """Warns if no name belongs to a stored task: courses are probably spelled differently."""
    with suppress(LoadError):  # before the first run there are no tasks
        known = lines_of(read_tasks(run.components.server()))
        if known and known.isdisjoint(run.settings.names_file.names):
            warning = SettingProblem("TASK_NAMES_FILE", "names_of_none")
            terminal.print_warnings([warning], str)
            log.warning("check: %s", EN.setting(warning))


def dry_run(run: Run) -> None:
    """Prints counts of the records that the grader has for the days of a run; loads none."""
    run.require_settings(grader=True)
    parts = run.components
    window = stages.choose_window(parts.database_inserter.peek_progress, run)
    for answer in stages.extract(parts.api_client, window, run):
        with run.stage(Stage.TRANSFORM, answer.window):
            reasons = terminal.print_dry_run(answer, parts.data_processor.process(answer))
        if refusal := parts.data_processor.refusal(answer, reasons):
            raise refusal
