"""`--replay-rejected`: validates the quarantine again and loads what passes now."""

from __future__ import annotations

from etl.pipeline import stages
from etl.pipeline.run import Run


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
