"""`--rebuild`, and PostgreSQL's own programs with our connection: `--psql --backup --restore`."""

from __future__ import annotations

import sys

from etl.models.errors import Stage
from etl.pipeline.run import Run
from etl.postgres import clients


def rebuild(run: Run) -> None:
    """Counts all summaries anew out of the attempts; figures are shown meanwhile, as they were."""
    run.require_settings()
    with run.stage(Stage.LOAD, "the rebuild") as end:
        counted = run.components.database_inserter.rebuild()
        end(counted)
    run.did = f"the rebuild: {counted}"


def psql(run: Run) -> None:
    """Ends the program with psql's exit code."""
    run.require_settings()
    sys.exit(clients.open_psql(run.components.server(), run.options.psql_arguments))


def backup(run: Run) -> None:
    """Writes the database's tables into one file, also while a run is at work."""
    run.require_settings()
    assert run.options.file
    with run.stage(Stage.LOAD, "the backup") as end:
        done = clients.back_up(run.components.server(), run.options.file, run.show)
        end(done)
    run.did = f"the backup: {done}"


def restore(run: Run) -> None:
    """Puts such a file into a database without data."""
    run.require_settings()
    assert run.options.file
    with run.stage(Stage.LOAD, "the restore") as end:
        server, zone = run.components.server(), run.settings.run.zone
        done = clients.restore(server, run.options.file, zone, run.show)
        end(done)
    run.did = f"the restore: {done}"
