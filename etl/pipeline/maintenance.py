"""What an operator does with the database: look into it, back it up, restore it, recount it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from etl.models.errors import Stage
from etl.settings.command_line import Mode, Options

if TYPE_CHECKING:
    from etl.pipeline.diary import Diary
    from etl.pipeline.wiring import Parts
    from etl.settings.reading import Settings


def maintain(options: Options, settings: Settings, parts: Parts, diary: Diary) -> None:
    """After psql the program ends with its exit code."""
    from etl.postgres import clients

    if options.mode is Mode.REBUILD:
        with diary.stage(Stage.LOAD, "the rebuild") as end:
            end(parts.database.rebuild())
        return
    parameters = parts.database_parameters()
    if options.mode is Mode.PSQL:
        sys.exit(clients.open_psql(parameters, options.psql_arguments))
    assert options.file
    with diary.stage(Stage.LOAD, f"the {options.mode}") as end:
        if options.mode is Mode.BACKUP:
            end(clients.back_up(parameters, options.file, diary.show))
        else:
            end(clients.restore(parameters, options.file, settings.run.zone, diary.show))
