"""Figures of a period: its tasks, and all of its attempts together."""

from __future__ import annotations

from psycopg2.extensions import cursor

from etl.models import TaskFigures, Totals
from etl.postgres.statements import statement
from etl.postgres.views import FRAGMENTS, definition
from etl.windows import Window


def task_figures(at: cursor, window: Window) -> list[TaskFigures]:
    """A record for each task tried in the window, hardest first.

    Hardest is the lowest success of submits; of equals, what more students tried; then by name.
    Tasks that nobody submitted come last. First tries are those of the window: what a student did
    before is not looked at.
    """
    at.execute(task_figures_query(), {**window.columns(), "zone": window.zone.key})
    return [TaskFigures(*row) for row in at.fetchall()]


def task_figures_query() -> str:
    return statement("task_figures").format(
        **{view: definition(view) for view in ("student_tasks", "task_difficulty")},
        **{fragment: statement(fragment).rstrip() for fragment in FRAGMENTS},
    )


def window_totals(at: cursor, window: Window) -> Totals:
    at.execute(statement("window_totals"), window.columns())
    return Totals(*at.fetchall()[0])
