"""`--report-only`, `--replay-rejected`, `--dashboard FILE`: reports without asking the grader."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from etl.pipeline import stages
from etl.pipeline.run import Run

if TYPE_CHECKING:
    from etl.components.database_inserter import DatabaseInserter


def report_only(run: Run) -> None:
    """Writes to the sheet the days it lacks and the days asked for, else the last loaded days."""
    _report_after(_choose_window, run)


def replay_rejected(run: Run) -> None:
    """Replays the quarantine, writes the changed days to the sheet, and sends a letter."""
    _report_after(stages.replay, run)


def _report_after(step: Callable[[DatabaseInserter, Run], None], run: Run) -> None:
    use = run.components
    with run.recording():
        run.require_settings()
        stages.open_database(use.database_inserter, run)
        step(use.database_inserter, run)
        stages.report(use.google_sheets_reporter, run)
    with stages.ending(run):
        stages.notify(use.email_notifier, run)


def _choose_window(database_inserter: DatabaseInserter, run: Run) -> None:
    progress = database_inserter.progress()
    window = run.result.window
    if window is None and (loaded_until := progress.watermark):
        window = stages.due_window(run.settings.run, progress, loaded_until)
    if window:
        run.covers(window)
    else:
        run.did = "nothing is loaded yet, so the sheet got no day"


def dashboard(run: Run) -> None:
    """Writes the dashboard's page alone, into FILE instead of DASHBOARD_FILE."""
    run.require_settings()
    run.did = f"the dashboard: {stages.write_dashboard(run)}"
