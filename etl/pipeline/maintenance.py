"""What an operator does with the database: look into it, back it up, restore it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etl.models.errors import Stage

if TYPE_CHECKING:
    from etl.pipeline.diary import Diary
    from etl.pipeline.wiring import Parts
    from etl.settings.reading import Settings


def open_psql(arguments: Sequence[str], parts: Parts) -> None:
    """Ends the program with psql's own exit code."""
    from etl.postgres import clients

    sys.exit(clients.open_psql(parts.database_parameters(), arguments))


def back_up(file: Path, parts: Parts, diary: Diary) -> None:
    from etl.postgres import clients

    with diary.stage(Stage.LOAD, "the backup") as end:
        end(clients.back_up(parts.database_parameters(), file, diary.show))


def restore(file: Path, settings: Settings, parts: Parts, diary: Diary) -> None:
    from etl.postgres import clients

    with diary.stage(Stage.LOAD, "the restore") as end:
        end(clients.restore(parts.database_parameters(), file, settings.run.zone))
