"""The columns of our two tabs: their headers, and a row's cells with their formats, in one order.

The headers' names are in the catalogues, `etl/texts/*.toml`. A tab may have been begun in
any language, so it is known by all of them; the report's own stands first.
"""

from __future__ import annotations

from collections.abc import Sequence

from etl.models.figures import DailyFigures, TaskFigures
from etl.models.outside import one_line
from etl.sheets.cells import EPOCH, PERCENT_FORMAT, Cell
from etl.texts import Catalogue, catalogues

TASK_FORMATS = (None, None, None, None, PERCENT_FORMAT, PERCENT_FORMAT, None)
# Google refuses a whole batch for one cell of 50 000 characters.
TEXT_CHARACTERS_AT_MOST = 500


def daily_headers(catalogue: Catalogue) -> list[Sequence[str]]:
    return [language.sheet_header for language in _languages(catalogue)]


def tasks_headers(catalogue: Catalogue) -> list[Sequence[str]]:
    return [language.tasks_header for language in _languages(catalogue)]


def day_formats(date_pattern: str) -> list[dict[str, str] | None]:
    """In the header's order; None is the sheet's default, which does for counts."""
    date_format = {"type": "DATE", "pattern": date_pattern}
    return [date_format, None, None, None, PERCENT_FORMAT, None, None]


def day_cells(day: DailyFigures, date_pattern: str) -> list[Cell]:
    """A day's row in the header's order."""
    counts = (day.attempts, day.users, day.correct, day.success_percent, day.runs, day.submits)
    values = ((day.day - EPOCH).days, *counts)
    return [Cell(*pair) for pair in zip(values, day_formats(date_pattern), strict=True)]


def task_cells(task: TaskFigures) -> list[Cell]:
    """A task's row in the header's order."""
    return [
        Cell(_name(task.course_name or task.course)),
        Cell(_name(task.task_name or task.task)),
        Cell(task.attempts),
        Cell(task.students),
        Cell(task.first_try_percent),
        Cell(task.success_percent),
        Cell(task.median_attempts),
    ]


def _name(text: str) -> str:
    """What Google gives back as it was given."""
    return one_line(text)[:TEXT_CHARACTERS_AT_MOST].rstrip()


def _languages(catalogue: Catalogue) -> list[Catalogue]:
    return [catalogue, *(other for other in catalogues() if other is not catalogue)]
