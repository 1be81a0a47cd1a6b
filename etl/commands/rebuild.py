"""`--rebuild`: counts all summaries anew out of the attempts."""

from __future__ import annotations

from etl.models.errors import Stage
from etl.pipeline.run import Run


def rebuild(run: Run) -> None:
    """Figures are shown meanwhile, as they were."""
    run.require_settings()
    with run.stage(Stage.LOAD, "the rebuild") as end:
        counted = run.components.database_inserter.rebuild()
        end(counted)
    run.did = f"the rebuild: {counted}"
