"""`--report-only`, `--replay-rejected`, `--dashboard FILE`: reports without asking the grader."""

from __future__ import annotations

from etl.pipeline import stages
from etl.pipeline.run import Run


def report_only(run: Run) -> None:
    """Writes to the sheet the days it lacks and the days asked for, else the last loaded days."""
    parts = run.components
    with run.recording():
        run.require_settings()
        stages.open_database(parts.database_inserter, run)
        _choose_window(run)
        stages.report(parts.google_sheets_reporter, run)
    with stages.ending(run):
        stages.notify(parts.email_notifier, run)


def _choose_window(run: Run) -> None:
    progress = run.components.database_inserter.progress()
    window = run.result.window
    if window is None and (loaded_until := progress.watermark):
        window = stages.due_window(run.settings.run, progress, loaded_until)
    if window:
        run.covers(window)
    else:
        run.did = "nothing is loaded yet, so the sheet got no day"


def replay_rejected(run: Run) -> None:
    """Replays the quarantine, writes the changed days to the sheet, and sends a letter."""
    parts = run.components
    with run.recording():
        run.require_settings()
        stages.open_database(parts.database_inserter, run)
        stages.replay(parts.database_inserter, run)
        stages.report(parts.google_sheets_reporter, run)
    with stages.ending(run):
        stages.notify(parts.email_notifier, run)


def dashboard(run: Run) -> None:
    """Writes the dashboard's page alone, into FILE instead of DASHBOARD_FILE."""
    run.require_settings()
    run.did = f"the dashboard: {stages.write_dashboard(run)}"
