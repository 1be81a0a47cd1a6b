"""`--rebuild`, and the commands for administrators: `--psql`, `--backup` and `--restore`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from etl.models.errors import Stage
from etl.pipeline.run import Run
from etl.postgres import clients


def rebuild(run: Run) -> None:
    """Recounts all summaries from `attempts`; until a day is done, readers see its old figures."""
    run.require_settings()
    with run.stage(Stage.LOAD, "the rebuild") as end:
        counted = run.components.database_inserter.rebuild()
        end(counted)
    run.did = f"the rebuild: {counted}"


def psql(run: Run) -> None:
    """Runs psql on the database, then raises `SystemExit` with psql's exit code."""
    run.require_settings()
    use, arguments = run.components, run.options.psql_arguments
    sys.exit(clients.open_psql(use.server(), arguments, use.environ))


def backup(run: Run) -> None:
    """Writes the tables that cannot be counted anew, as of one moment, into `run.options.file`."""
    _copy(run, "the backup", clients.back_up)


def restore(run: Run) -> None:
    """Loads the backup `run.options.file`; raises `LoadError` if the database has data already."""
    _copy(run, "the restore", partial(clients.restore, zone=run.settings.run.zone))


def _copy(run: Run, what: str, copy: Callable[..., str]) -> None:
    run.require_settings()
    assert run.options.file
    with run.stage(Stage.LOAD, what) as end:
        done = copy(run.components.server(), run.options.file, run.show)
        end(done)
    run.did = f"{what}: {done}"
