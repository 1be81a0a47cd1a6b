"""`--rebuild`, and PostgreSQL's own programs on our connection: `--psql --backup --restore`."""

from __future__ import annotations

import sys

from etl.models.errors import Stage
from etl.pipeline.run import Run
from etl.postgres import clients


def rebuild(run: Run) -> None:
    """Recounts all summaries from the attempts; readers see the old figures until it is done."""
    run.require_settings()
    with run.stage(Stage.LOAD, "the rebuild") as end:
        counted = run.components.database_inserter.rebuild()
        end(counted)
    run.did = f"the rebuild: {counted}"


def psql(run: Run) -> None:
    """Opens psql, then ends the program with psql's exit code."""
    run.require_settings()
    sys.exit(clients.open_psql(run.components.server(), run.options.psql_arguments))


def backup(run: Run) -> None:
    """Writes the database's tables into one file, even during another run."""
    run.require_settings()
    assert run.options.file
    with run.stage(Stage.LOAD, "the backup") as end:
        done = clients.back_up(run.components.server(), run.options.file, run.show)
        end(done)
    run.did = f"the backup: {done}"


def restore(run: Run) -> None:
    """Restores a file written by `backup` into a database that has no data."""
    run.require_settings()
    assert run.options.file
    with run.stage(Stage.LOAD, "the restore") as end:
        server, zone = run.components.server(), run.settings.run.zone
        done = clients.restore(server, run.options.file, zone, run.show)
        end(done)
    run.did = f"the restore: {done}"
