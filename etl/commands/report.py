"""`--report-only`, `--replay-rejected`, `--dashboard FILE`: reports without the grader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from etl.pipeline import stages
from etl.pipeline.run import Run


def report_only(run: Run) -> None:
    """Writes stored figures to the sheet and sends the letter; the grader is not asked.

    It writes the days of --from and --to, else the last ones loaded, and all that the sheet lacks.
    """
    with _then_report(run):
        progress, window = run.components.database_inserter.progress(), run.result.window
        if window is None and (loaded_until := progress.watermark):
            window = stages.due_window(run.settings.run, progress, loaded_until)
        if window:
            run.covers(window)
        else:
            run.did = "nothing is loaded yet, so the sheet got no day"


def replay_rejected(run: Run) -> None:
    """Loads quarantined records that are valid by now, updates the sheet, sends the letter."""
    with _then_report(run):
        stages.replay(run.components.database_inserter, run)


@contextmanager
def _then_report(run: Run) -> Iterator[None]:
    use = run.components
    with run.recording():
        run.require_settings()
        stages.open_database(use.database_inserter, run)
        yield
        stages.report(use.google_sheets_reporter, run)
    with stages.ending(run):
        stages.notify(use.email_notifier, run)


def dashboard(run: Run) -> None:
    """Writes the dashboard's page into the file given on the command line."""
    run.require_settings()
    run.did = f"the dashboard: {stages.write_dashboard(run)}"
