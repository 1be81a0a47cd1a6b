"""`--dashboard FILE`: writes the page from the database; nothing else is done."""

from __future__ import annotations

from etl.pipeline.run import Run
from etl.pipeline.stages import write_dashboard


def dashboard(run: Run) -> None:
    """The components have FILE instead of DASHBOARD_FILE."""
    run.require_settings()
    run.did = f"the dashboard: {write_dashboard(run)}"
