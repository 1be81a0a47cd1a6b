"""`--dry-run`: fetches and validates, shows what would be loaded, and writes nothing."""

from __future__ import annotations

from etl.models.errors import Stage
from etl.pipeline import stages, terminal
from etl.pipeline.run import Run


def dry_run(run: Run) -> None:
    """Prints what loading the days asked for, else the due days, would bring."""
    run.require_settings(grader=True)
    parts, window = run.components, run.result.window
    if window is None:
        progress = parts.database_inserter.peek_progress()
        window = stages.due_window(run.settings.run, progress, run.result.started_at)
    run.covers(window)
    for answer in stages.extract(parts.api_client, window, run):
        with run.stage(Stage.TRANSFORM, answer.window):
            reasons = terminal.print_dry_run(answer, parts.data_processor.process(answer))
        if refusal := parts.data_processor.refusal(answer, reasons):
            raise refusal
