"""Plans the requests that write figures of tasks into a tab of their own, recognised by its id.

Once the tab exists only values are written, so formats, widths, title and place belong to people.
Our columns are found by their header; columns that people added are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count

from etl.models.figures import TaskFigures
from etl.models.peers import one_line
from etl.sheets.cells import PERCENT_FORMAT, Cell, Request, write
from etl.sheets.grid import HEADER_ROW, TASKS_SHEET_ID, Grid, Workbook, extend, find_columns, widen
from etl.sheets.look import header_look, number_formats
from etl.texts import CATALOGUES, Catalogue

# The tab's header may be in any of our languages.
TASKS_HEADERS = [language.tasks_header for language in CATALOGUES]
FORMATS = (None, None, None, None, PERCENT_FORMAT, PERCENT_FORMAT, None)
# Google refuses a whole batch for one cell of more than 50 000 characters.
TEXT_CHARACTERS_AT_MOST = 500
WIDTHS_PIXELS = (220, 320, 100, 100, 130, 130, 130)
NEW_GRID = {"rowCount": 1000, "columnCount": 26}


def _task_cells(task: TaskFigures) -> list[Cell]:
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
    """Returns the text in a form that Google gives back unchanged: one line, not too long."""
    return one_line(text)[:TEXT_CHARACTERS_AT_MOST].rstrip()


def plan_tasks(
    workbook: Workbook, tasks: Sequence[TaskFigures], catalogue: Catalogue
) -> list[Request]:
    """Returns requests that make the tasks' tab show `tasks` in this order; none if it does so."""
    rows = [[Cell(name) for name in catalogue.tasks_header], *map(_task_cells, tasks)]
    if workbook.tasks is None:
        return _begin(_free_title(catalogue.tasks_title, workbook.titles), rows)
    grid = workbook.tasks
    # Where the header was torn up, our columns are the first ones again.
    columns = find_columns(grid, TASKS_HEADERS) or range(len(rows[0]))
    room = extend(grid, len(rows) - grid.row_count)
    room += widen(grid, len(columns) - grid.column_count)
    # From there on, so that a header that is right stays unwritten: people protect headers.
    top = _first_difference(grid, columns, rows)
    if top is None:
        return []
    return [*room, *write(grid.sheet_id, top, columns, rows[top:], clears_below=True)]


def _begin(title: str, rows: Sequence[Sequence[Cell]]) -> list[Request]:
    size = {**NEW_GRID, "rowCount": max(NEW_GRID["rowCount"], len(rows))}
    properties = {"sheetId": TASKS_SHEET_ID, "title": title, "gridProperties": size}
    columns = range(len(rows[0]))
    return [
        {"addSheet": {"properties": properties}},
        *write(TASKS_SHEET_ID, HEADER_ROW, columns, rows),
        *number_formats(TASKS_SHEET_ID, HEADER_ROW + 1, columns, FORMATS),
        *header_look(TASKS_SHEET_ID, WIDTHS_PIXELS),
    ]


def _free_title(title: str, taken: frozenset[str]) -> str:
    numbered = (f"{title} ({number})" for number in count(2))
    return next(one for one in chain([title], numbered) if one.casefold() not in taken)


def _first_difference(
    grid: Grid, columns: Sequence[int], rows: Sequence[Sequence[Cell]]
) -> int | None:
    nothing = [Cell(None)] * len(columns)
    wanted = [*rows, *[nothing] * (len(grid.values) - len(rows))]
    for row, cells in enumerate(wanted):
        shown = (grid.value(row, column) for column in columns)
        if not all(cell.shows(value) for cell, value in zip(cells, shown, strict=True)):
            return row
    return None
