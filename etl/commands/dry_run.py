"""`--dry-run`: fetches and validates, shows what would be loaded, and writes nothing."""

from __future__ import annotations

from contextlib import closing

from etl.models.errors import Stage
from etl.pipeline import terminal
from etl.pipeline.fetching import fetch_in_order
from etl.pipeline.run import Run
from etl.pipeline.stages import due_window


def dry_run(run: Run) -> None:
    """The days asked for, else those that are due."""
    run.require_settings(grader=True)
    parts, rest = run.components, run.result.window
    assert parts.api_client
    if rest is None:
        progress = parts.database_inserter.peek_progress()
        rest = due_window(run.settings.run, progress, run.result.started_at)
    run.covers(rest)
    with closing(fetch_in_order(rest, parts.api_client)) as answers:
        while rest:
            with run.stage(Stage.EXTRACT, rest):
                answer = next(answers)
            with run.stage(Stage.TRANSFORM, answer.window):
                reasons = terminal.print_dry_run(answer, parts.data_processor.process(answer))
            if refusal := parts.data_processor.refusal(answer, reasons):
                raise refusal
            rest = rest.after(answer.window)
